// Keys for the pickers of a form, and filtering of their lists while the kernel is busy. If a front end does not run
// handlers (VS Code), Tab, Enter and Space work instead.
const form = this.closest('.zenpro-form');
const choices = (picker) => [...picker.querySelectorAll('.zenpro-matches button')];
const fits = (text, typed) => typed.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word));

form?.addEventListener('input', (event) => {
  const picker = event.target.closest('.zenpro-picker');
  for (const choice of picker ? choices(picker) : []) choice.hidden = !fits(choice.textContent, event.target.value);
});

// A choice is sent as the text of the input, followed by a tab, which cannot be typed. The kernel receives it after
// everything that was typed before. ipywidgets would send the index of the button instead, and the kernel's list can have
// changed in the meantime.
form?.addEventListener('click', (event) => {
  const choice = event.target.closest('.zenpro-matches button');
  const picker = choice?.closest('.zenpro-picker');
  if (!picker || choices(picker).filter((other) => other.textContent === choice.textContent).length > 1) return;
  event.stopPropagation();
  const input = picker.querySelector('input');
  input.value = `${choice.textContent}\t`;
  input.dispatchEvent(new Event('input', {bubbles: true}));
  input.focus();
}, true); // before the button itself

// Typing into a field with a choice replaces the choice: its text is selected when the field gets the focus. The click
// that gave the focus sets the cursor afterwards, so the text is selected again.
let fresh = null;
const isChosen = (target) => target.matches('.zenpro-picker input') && !choices(target.closest('.zenpro-picker')).length;
form?.addEventListener('focusin', ({target}) => {
  fresh = isChosen(target) ? target : null;
  fresh?.select();
});
form?.addEventListener('keydown', () => { fresh = null; }, true);
form?.addEventListener('click', ({target}) => {
  if (target === fresh && target.selectionStart === target.selectionEnd) target.select();
  fresh = null;
});

// A press that the kernel does not handle immediately is shown as waiting (form.css) until the form shows its outcome.
// Every press that the kernel handles changes the status line.
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

// ipywidgets redraws a list whenever the kernel changes it, and the choice that had the focus is gone.
let focused = null;
form?.addEventListener('focusin', ({target}) => {
  const picker = target.closest('.zenpro-matches') && target.closest('.zenpro-picker');
  focused = picker ? {picker, choice: target} : null;
});
form?.addEventListener('focusout', () => queueMicrotask(() => {
  if (focused?.choice.isConnected && document.activeElement !== focused.choice) focused = null; // the user moved the focus
}));
if (form) new MutationObserver(() => {
  if (!focused || focused.choice.isConnected) return;
  const {picker, choice} = focused;
  const now = choices(picker);
  const between = now.length === 1 && !now[0].textContent.trim(); // a placeholder between two lists
  if (between || !picker.isConnected) return;
  focused = null;
  const again = now.find((other) => other.textContent === choice.textContent);
  if (document.activeElement === document.body) (again ?? picker.querySelector('input')).focus();
}).observe(form, {childList: true, subtree: true});

form?.addEventListener('keydown', (event) => {
  const picker = event.target.closest('.zenpro-picker');
  if (!picker) return;
  const input = picker.querySelector('input');
  const browse = picker.querySelector('.zenpro-browse');
  const shown = choices(picker).filter((option) => !option.hidden);
  const at = shown.indexOf(event.target);
  const isOpen = shown.length > 0;
  if (event.key === 'Tab') {
    // The arrow keys move through the choices; Tab leaves them.
    for (const option of shown) option.tabIndex = option.parentElement.tabIndex = -1;
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
}, true); // before the input, which does not report its keys
