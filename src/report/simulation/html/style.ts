/** The style sheet of the HTML report: light, dark and on paper. Colours of scenarios differ in lightness, too (Okabe–Ito). */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2126; --dim: #59636e; --page: #fff; --card: #f6f7f9; --rule: #d5dae0;
  --k0: #0072b2; --k1: #e69f00; --k2: #009e73; --k3: #cc79a7; --k4: #56b4e9; --k5: #8a6d3b; --gain: #2a8a57; --loss: #c4462b; --neutral: #9aa4af; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --dim: #9aa4af; --page: #14181c; --card: #1d2329; --rule: #39424b;
  --k0: #4ba3e3; --k1: #f0b429; --k2: #2fc08f; --k3: #e39ac4; --k4: #8fd0f5; --k5: #c7a76c; --gain: #46b57c; --loss: #e8735a; --neutral: #6b7681; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 24px 20px 60px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 26px; margin: 0 0 2px; } h2 { font-size: 19px; margin: 40px 0 8px; border-bottom: 1px solid var(--rule); padding-bottom: 4px; }
h3 { font-size: 15px; margin: 20px 0 4px; } p { margin: 6px 0; max-width: 80ch; } .dim { color: var(--dim); }
ul { margin: 8px 0; padding-left: 20px; } li { margin: 2px 0; max-width: 90ch; }
.verdict { background: var(--card); border-left: 4px solid var(--k2); padding: 10px 16px; border-radius: 4px; margin: 16px 0; }
.verdict ul { margin: 0; } .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 12px; }
.wide { display: grid; grid-template-columns: repeat(auto-fill, minmax(440px, 1fr)); gap: 12px; }
.card, figure { background: var(--card); border-radius: 6px; padding: 10px 14px; margin: 0; break-inside: avoid; }
main > .card { max-width: 800px; }
figcaption, .card h3 { font-weight: 600; font-size: 14px; margin: 0 0 4px; }
svg { width: 100%; max-width: 760px; height: auto; display: block; } svg text { font-size: 12px; fill: var(--ink); }
svg .dim { fill: var(--dim); } svg .value { font-weight: 600; } svg .onbar { fill: #fff; font-weight: 600; }
.axis { stroke: var(--dim); stroke-width: 1.2; } line.grid { stroke: var(--rule); stroke-width: 1; }
.whisker { stroke: var(--ink); stroke-width: 1.3; opacity: .75; } .line { fill: none; stroke-width: 2.4; }
.f0, .c0 { fill: var(--k0); } .f1, .c1 { fill: var(--k1); } .f2, .c2 { fill: var(--k2); } .f3, .c3 { fill: var(--k3); } .f4, .c4 { fill: var(--k4); } .f5, .c5 { fill: var(--k5); }
.s0 { stroke: var(--k0); } .s1 { stroke: var(--k1); stroke-dasharray: 7 4; } .s2 { stroke: var(--k2); stroke-dasharray: 2 3; }
.s3 { stroke: var(--k3); stroke-dasharray: 10 3 2 3; } .s4 { stroke: var(--k4); } .s5 { stroke: var(--k5); stroke-dasharray: 4 4; }
.gain { fill: var(--gain); } .loss { fill: var(--loss); } .neutral { fill: var(--neutral); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: 8px 0; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { text-align: right; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } thead th { color: var(--dim); font-weight: 600; }
details > summary { cursor: pointer; color: var(--dim); margin: 6px 0; } footer { margin-top: 40px; color: var(--dim); font-size: 13px; }
@media print { :root { color-scheme: light; } body { max-width: none; padding: 0; font-size: 12px; } h2 { break-after: avoid; } .card, figure { background: none; border: 1px solid var(--rule); } }
`;
