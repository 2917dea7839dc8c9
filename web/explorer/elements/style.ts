import { css } from "lit";

/** What all elements share: controls, links, tables, words. */
export const base = css`
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  h1, h2, h3, p, ul, ol, dl, dd, pre, fieldset { margin: 0; padding: 0; border: 0; }
  ul { list-style: none; }
  h1 { font-size: 22px; font-weight: 650; letter-spacing: -.015em; line-height: 1.25; overflow-wrap: anywhere; }
  h2 { font-size: 15px; font-weight: 600; }
  button, input, select, textarea { font: inherit; color: inherit; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  a { color: var(--accent); text-underline-offset: 2px; }
  a:not(:hover) { text-decoration: none; }
  :is(p, li) a:any-link { text-decoration: underline; }
  button, .button {
    display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-height: 32px; padding: 4px 12px;
    border: 1px solid var(--line-strong); border-radius: var(--round); background: var(--surface); color: var(--ink);
    cursor: pointer; white-space: nowrap; text-decoration: none;
  }
  button:hover:not(:disabled) { background: var(--raised); }
  button:disabled { opacity: .55; cursor: default; }
  button.primary { background: var(--button); border-color: var(--button); color: var(--button-ink); font-weight: 600; }
  button.primary:hover:not(:disabled) { background: var(--button-hover); }
  button.danger { background: var(--danger); border-color: var(--danger); color: var(--danger-ink); font-weight: 600; }
  button.danger:hover:not(:disabled) { background: var(--danger); filter: brightness(1.08); }
  button.plain { border-color: transparent; background: none; padding: 4px 8px; }
  button.plain:hover { background: var(--raised); }
  input:not([type=checkbox], [type=radio]), select, textarea {
    min-height: 32px; padding: 4px 10px; border: 1px solid var(--line-strong); border-radius: var(--round);
    background: var(--surface); min-width: 0;
  }
  input[type=checkbox], input[type=radio] { accent-color: var(--accent); margin: 0; width: 16px; height: 16px; flex: none; }
  ::placeholder { color: var(--muted); opacity: 1; }
  .check { display: inline-flex; align-items: center; gap: 7px; }
  .muted { color: var(--muted); }
  .good { color: var(--good); }
  .warn { color: var(--warn); }
  .bad { color: var(--bad); }
  .mono { font-family: var(--mono); font-size: 12.5px; }
  .figures { font-variant-numeric: tabular-nums; }
  .nowrap { white-space: nowrap; }
  .any { overflow-wrap: anywhere; }
  .tag {
    display: inline-block; padding: 0 7px; border: 1px solid var(--line-strong); border-radius: 99px;
    font-size: 11.5px; line-height: 18px; color: var(--muted); white-space: nowrap;
  }
  .tag.bad { color: var(--bad); border-color: currentColor; }
  .tag.warn { color: var(--warn); border-color: currentColor; }
  .tag.good { color: var(--good); border-color: currentColor; }
  mark { padding: 0 3px; margin-inline: 1px; border-radius: 3px; background: var(--warn-soft); color: var(--warn); outline: 1px solid var(--warn-line); unicode-bidi: isolate; }
  mark.invalid { color: var(--bad); }
  .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  kbd {
    display: inline-block; min-width: 22px; padding: 1px 6px; border: 1px solid var(--line-strong); border-radius: 5px;
    background: var(--raised); font: 12px/1.5 var(--mono); text-align: center;
  }
  .card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: var(--space); }
`;

/** What all pages share: a head, tools, and what is below them. */
export const pageStyle = css`
  :host { display: flex; flex-direction: column; min-height: 0; flex: 1; }
  .head { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; padding: 18px var(--gutter) 12px; }
  .head h1 { margin-inline-end: auto; }
  .tools { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; padding: 0 var(--gutter) 12px; }
  .tools input[type=search] { flex: 1 1 180px; max-width: 380px; }
  .facts { padding: 0 var(--gutter) 12px; color: var(--muted); }
  .body { flex: 1; min-height: 0; overflow: auto; padding: 4px var(--gutter) 32px; display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space); align-content: start; }
  .empty { padding: 48px var(--gutter); text-align: center; color: var(--muted); display: grid; gap: 12px; justify-items: center; }
  kx-error { margin: 0 var(--gutter) 12px; }
  .body kx-error { margin: 0; }
`;

/** Links to the sides of what a page shows. */
export const tabStyle = css`
  .tabs { display: flex; gap: 4px; padding: 0 calc(var(--gutter) - 10px); overflow-x: auto; flex: none; }
  .tabs a { padding: 7px 10px 9px; color: var(--muted); font-weight: 500; border-bottom: 2px solid transparent; }
  .tabs a:hover { color: var(--ink); text-decoration: none; }
  .tabs a:focus-visible { outline-offset: -3px; }
  .tabs a[aria-current] { color: var(--accent); border-color: var(--accent); }
`;
