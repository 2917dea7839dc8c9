import { css } from "lit";

/** The shell: the navigation on the left, above the page where that is narrow. */
export const appStyle = css`
  :host { display: grid; grid-template: minmax(0, 1fr) / 200px minmax(0, 1fr); height: 100dvh; }
  header { display: flex; flex-direction: column; gap: 14px; padding: 16px 12px; border-inline-end: 1px solid var(--line); background: var(--surface); min-height: 0; overflow: auto; }
  .brand { display: flex; align-items: center; gap: 8px; padding: 0 8px; font-size: 16px; font-weight: 650; letter-spacing: -.01em; }
  nav { display: flex; flex-direction: column; gap: 2px; }
  nav a { padding: 6px 10px; border-radius: var(--round); color: var(--ink); text-decoration: none; }
  nav a:hover { background: var(--raised); }
  nav a[aria-current] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
  .foot { margin-top: auto; display: grid; gap: 8px; justify-items: start; padding: 0 8px; }
  .buttons { display: flex; margin-inline-start: -8px; }
  .buttons button { min-width: 34px; }
  .status { display: flex; align-items: center; gap: 7px; font-weight: 500; }
  .status::before { content: ""; flex: none; width: 9px; height: 9px; border-radius: 50%; background: var(--muted); }
  .status[data-state=connected]::before { background: var(--good); }
  .status:is([data-state=connecting], [data-state=reconnecting])::before { background: var(--warn); }
  .status[data-state=locked]::before { background: var(--bad); }
  main { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
  main:focus { outline: 0; }
  main > kx-error { margin: 10px var(--gutter) 0; }
  .lost { padding: 12vh var(--gutter); text-align: center; display: grid; gap: 12px; }
  .skip { position: absolute; inset: 8px auto auto 8px; z-index: 9; padding: 8px 12px; background: var(--surface); border-radius: var(--round); }
  .skip:not(:focus) { clip-path: inset(50%); }
  dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 8px 16px; align-items: center; margin-top: 6px; }
  dd { margin: 0; }
  @media (max-width: 820px) {
    :host { grid-template-columns: minmax(0, 1fr); grid-template-rows: auto minmax(0, 1fr); }
    header { flex-flow: row wrap; align-items: center; gap: 4px 10px; padding: 8px 12px 0; border: 0; border-bottom: 1px solid var(--line); }
    .brand { padding: 0; }
    .foot { order: 1; margin: 0 0 0 auto; padding: 0; display: flex; align-items: center; }
    nav { order: 2; flex: 1 0 100%; flex-direction: row; overflow-x: auto; padding: 3px; margin: -3px; }
    nav a { padding: 6px 10px 8px; border-radius: 0; border-bottom: 2px solid transparent; white-space: nowrap; }
    nav a[aria-current] { background: none; border-color: var(--accent); }
    .status[data-state=connected] { font-size: 0; gap: 0; }
  }
`;
