// The keys of a form's pickers, and a list that fits what is typed while the kernel is busy. It goes without saying where
// a front end runs no handlers (VS Code): Tab, Enter and Space do all of it, too.
const form = this.closest('.zenpro-form');
const choices = (picker) => [...picker.querySelectorAll('.zenpro-matches button')];
const fits = (text, typed) => typed.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word));

form?.addEventListener('input', (event) => {
  const picker = event.target.closest('.zenpro-picker');
  for (const one of picker ? choices(picker) : []) one.hidden = !fits(one.textContent, event.target.value);
});

// A choice is sent as the line's text, with a tab behind it that nobody can type: the kernel hears of it after all that
// was typed before, whereas the place of the button, which ipywidgets would send, may be that of another in the list
// that the kernel has by then.
form?.addEventListener('click', (event) => {
  const choice = event.target.closest('.zenpro-matches button');
  const picker = choice?.closest('.zenpro-picker');
  if (!picker || choices(picker).filter((one) => one.textContent === choice.textContent).length > 1) return;
  event.stopPropagation();
  const input = picker.querySelector('input');
  input.value = `${choice.textContent}\t`;
  input.dispatchEvent(new Event('input', {bubbles: true}));
  input.focus();
}, true); // before the button itself

// A press that the kernel does not handle immediately is shown as waiting (form.css), until the form says what became of
// it. Every press that the kernel handles changes the status line.
const status = () => form.querySelector('.zenpro-status')?.textContent ?? '';
let pressedAt = null; // the status line when the button was pressed
form?.addEventListener('click', (event) => {
  if (!event.target.closest('.zenpro-send:not(:disabled)')) return;
  pressedAt = status();
  form.toggleAttribute('data-waiting', true);
});
if (form) new MutationObserver(() => {
  if (pressedAt === null || pressedAt === status()) return;
  pressedAt = null;
  form.toggleAttribute('data-waiting', false);
}).observe(form, {childList: true, characterData: true, subtree: true});

// ipywidgets draws a list anew whenever the kernel has something to say of it, and the choice that had the focus is gone.
let focused = null;
form?.addEventListener('focusin', ({target}) => {
  const picker = target.closest('.zenpro-matches') && target.closest('.zenpro-picker');
  focused = picker ? {picker, choice: target} : null;
});
form?.addEventListener('focusout', () => queueMicrotask(() => {
  if (focused?.choice.isConnected && document.activeElement !== focused.choice) focused = null; // somebody went elsewhere
}));
if (form) new MutationObserver(() => {
  if (!focused || focused.choice.isConnected) return;
  const {picker, choice} = focused;
  const now = choices(picker);
  const between = now.length === 1 && !now[0].textContent.trim(); // a list that only makes room for another
  if (between || !picker.isConnected) return;
  focused = null;
  const again = now.find((one) => one.textContent === choice.textContent);
  if (document.activeElement === document.body) (again ?? picker.querySelector('input')).focus();
}).observe(form, {childList: true, subtree: true});

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
