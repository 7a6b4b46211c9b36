"""The looks of a form: the theme's own colours, so that it is light where the notebook is light."""

from __future__ import annotations

# JupyterLab, Notebook 7 and Voila set the --jp variables; elsewhere the second value of each is used.
CSS = """
.zenpro-form { max-width: 660px; padding: 12px 16px; border: 1px solid var(--jp-border-color2, #bdbdbd);
  border-radius: 4px; background: var(--jp-layout-color1, transparent); color: var(--jp-content-font-color1, inherit);
  overflow: visible; }
.zenpro-form .widget-html-content, .zenpro-form .jupyter-widget-html-content { line-height: 1.4; white-space: normal;
  font-size: var(--jp-ui-font-size1, 13px); }
.zenpro-form h3 { margin: 0; font-size: var(--jp-ui-font-size2, 15px); font-weight: 600; }
.zenpro-form .zenpro-quiet { color: var(--jp-content-font-color2, #616161); }
.zenpro-form .zenpro-note { margin: 0 0 6px 148px; }
.zenpro-form .zenpro-bad { color: var(--jp-error-color0, #c62828); font-weight: 600; }
.zenpro-form .zenpro-advice { color: var(--jp-warn-color0, #b35900); }
.zenpro-form .zenpro-good { color: var(--jp-success-color0, #1b5e20); }
[data-jp-theme-light="false"] .zenpro-form .zenpro-bad { color: #ff8a80; }
[data-jp-theme-light="false"] .zenpro-form .zenpro-advice { color: #ffb74d; }
[data-jp-theme-light="false"] .zenpro-form .zenpro-good { color: #81c784; }
.zenpro-form .widget-text, .zenpro-form .widget-textarea, .zenpro-form .widget-dropdown, .zenpro-form .widget-datepicker
  { width: calc(100% - 4px); max-width: 560px; }
.zenpro-form .zenpro-pick { overflow: visible; max-width: 600px; }
.zenpro-form .zenpro-pick > .widget-button { width: 32px; flex: none; padding: 0; }
.zenpro-form .widget-checkbox { width: auto; }
.zenpro-form .widget-toggle-buttons { margin-left: 150px; width: auto; max-width: 420px; overflow: visible; }
.zenpro-form .widget-toggle-buttons > label { display: none; }
.zenpro-form .zenpro-matches .widget-toggle-buttons-group, .zenpro-form .zenpro-matches > div
  { display: block; max-height: 196px; overflow-y: auto; border: 1px solid var(--jp-border-color2, #bdbdbd);
  padding: 2px; }
.zenpro-form .zenpro-matches button { display: block; width: 100%; text-align: left; margin: 0; height: 26px;
  line-height: 26px; background: none; box-shadow: none; overflow: hidden; text-overflow: ellipsis;
  color: var(--jp-ui-font-color1, inherit); }
.zenpro-form .zenpro-matches button:hover, .zenpro-form .zenpro-matches button:focus
  { background: var(--jp-layout-color3, #e0e0e0); }
.zenpro-form .zenpro-chips button { width: auto; border-radius: 12px; margin: 1px 4px 1px 0; height: 24px;
  line-height: 24px; }
.zenpro-form button:focus-visible, .zenpro-form input:focus-visible, .zenpro-form select:focus-visible
  { outline: 2px solid var(--jp-brand-color1, #1976d2); outline-offset: 1px; }
.zenpro-form pre { margin: 2px 0; padding: 6px 8px; max-height: 220px; overflow: auto; white-space: pre-wrap;
  word-break: break-word; background: var(--jp-layout-color2, #eeeeee); color: var(--jp-content-font-color1, inherit);
  font-family: var(--jp-code-font-family, monospace); font-size: var(--jp-code-font-size, 13px); }
.zenpro-form table { border-collapse: collapse; margin: 4px 0; color: inherit; }
.zenpro-form th, .zenpro-form td { text-align: left; padding: 2px 12px 2px 0; vertical-align: top; color: inherit;
  white-space: normal; }
.zenpro-form .zenpro-frame { overflow-x: auto; max-width: 620px; }
.zenpro-form .zenpro-frame tr { border-bottom: 1px solid var(--jp-border-color2, #e0e0e0); }
.zenpro-form .zenpro-copy { cursor: pointer; font: inherit; padding: 1px 8px; border-radius: 2px;
  border: 1px solid var(--jp-border-color1, #9e9e9e); background: var(--jp-layout-color2, #eeeeee); color: inherit; }
.zenpro-form .zenpro-wide { width: auto; }
"""


def style(key: str) -> str:
    """The stylesheet, and the rules that hide the words which stand for the form, while it lives.

    JupyterLab may draw a form from the saved state although its kernel is gone, and marks it then as disconnected.
    """
    words, dead = f".zenpro-fallback-{key}", f".zenpro-form-{key}.jupyter-widgets-disconnected"
    return f"<style>{CSS}{words} {{ display: none; }} body:has({dead}) {words} {{ display: block; }}</style>"
