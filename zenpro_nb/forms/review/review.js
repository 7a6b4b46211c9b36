// Keys of a review form: each presses its button. If a front end does not run handlers (VS Code), Tab, Enter and Space
// reach the same buttons.
const form = this.closest('.zenpro-form');
const named = { ArrowRight: 'n', ArrowLeft: 'p', ArrowDown: 'j', ArrowUp: 'u' };

if (form && !form.hasAttribute('data-lm-suppress-shortcuts')) {
  // The keys of the notebook would cut the cell (d, d) or make it raw (r).
  form.setAttribute('data-lm-suppress-shortcuts', 'true');
  form.tabIndex = 0;
  form.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const why = form.querySelector('.zenpro-why input');
    if (event.target === why) {
      // Enter and Escape leave the field, and the next key decides.
      if (event.key === 'Enter' || event.key === 'Escape') setTimeout(() => form.focus({ preventScroll: true }), 0);
      return;
    }
    if (event.key === 'w') {
      why.focus();
    } else {
      const key = named[event.key] ?? event.key.toLowerCase();
      const button = /^[a-z]$/.test(key) && form.querySelector(`.zenpro-key-${key}`);
      if (!button) return;
      button.click();
    }
    event.preventDefault();
    event.stopPropagation();
  }, true);
}
