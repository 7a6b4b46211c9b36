// The keys of a form's pickers, and a list that fits what is typed while the kernel is busy. It goes without saying where
// a front end runs no handlers (VS Code): Tab, Enter and Space do all of it, too.
const form = this.closest('.zenpro-form');
const choices = (picker) => [...picker.querySelectorAll('.zenpro-matches button')];
const fits = (text, typed) => typed.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word));

form?.addEventListener('input', (event) => {
  const picker = event.target.closest('.zenpro-picker');
  for (const one of picker ? choices(picker) : []) one.hidden = !fits(one.textContent, event.target.value);
});

form?.addEventListener('keydown', (event) => {
  const picker = event.target.closest('.zenpro-picker');
  if (!picker) return;
  const input = picker.querySelector('input');
  const browse = picker.querySelector('.zenpro-browse');
  const shown = choices(picker).filter((one) => !one.hidden);
  const at = shown.indexOf(event.target);
  const isOpen = shown.length > 0;
  if (event.key === 'Tab') {
    // The arrows go through the choices; Tab leaves them.
    for (const one of shown) one.tabIndex = one.parentElement.tabIndex = -1;
    return;
  }
  if (event.key === 'ArrowDown' && isOpen) (shown[at + 1] ?? shown[at]).focus();
  else if (event.key === 'ArrowDown' && event.target === input) browse.click();
  else if (event.key === 'ArrowUp' && at >= 0) (shown[at - 1] ?? input).focus();
  else if (event.key === 'Escape' && isOpen) {
    browse.click();
    input.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}, true); // before the input itself, which tells nobody of its keys
