/** The style sheet of a page without sliders: light, dark and on paper. Colours of scenarios differ in lightness, too (Okabe–Ito). */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1c2126; --dim: #59636e; --page: #fff; --card: #f6f7f9; --rule: #d5dae0;
  --k0: #0072b2; --k1: #e69f00; --k2: #009e73; --k3: #cc79a7; --k4: #56b4e9; --k5: #8a6d3b; --gain: #2a8a57; --loss: #c4462b; --neutral: #9aa4af; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --dim: #9aa4af; --page: #14181c; --card: #1d2329; --rule: #39424b;
  --k0: #4ba3e3; --k1: #f0b429; --k2: #2fc08f; --k3: #e39ac4; --k4: #8fd0f5; --k5: #c7a76c; --gain: #46b57c; --loss: #e8735a; --neutral: #6b7681; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 24px 16px 60px; overflow-wrap: break-word; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 26px; margin: 0 0 2px; } h2 { font-size: 19px; margin: 40px 0 8px; border-bottom: 1px solid var(--rule); padding-bottom: 4px; }
p { margin: 6px 0; max-width: 80ch; } .dim { color: var(--dim); }
ul { margin: 8px 0; padding-left: 20px; } li { margin: 2px 0; max-width: 90ch; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 12px; margin: 12px 0; }
.charts.wide { grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr)); }
figure { background: var(--card); border-radius: 6px; padding: 10px 12px; margin: 12px 0; max-width: 600px; min-width: 0; break-inside: avoid; }
.charts > figure { margin: 0; max-width: none; }
figcaption { font-weight: 600; font-size: 14px; margin: 0 0 4px; }
.legend { display: flex; flex-wrap: wrap; gap: 0 16px; margin: 6px 0 0; font-size: 13px; } .key { display: inline-block; width: 12px; height: 12px; margin-right: 6px; }
svg { width: 100%; max-width: 480px; height: auto; display: block; } svg text { font-size: 12px; fill: var(--ink); }
svg .dim { fill: var(--dim); } svg .value { font-weight: 600; } svg .onbar { fill: #fff; font-weight: 600; }
.axis { stroke: var(--dim); stroke-width: 1.2; } line.grid { stroke: var(--rule); stroke-width: 1; }
.whisker { stroke: var(--ink); stroke-width: 1.3; opacity: .75; } .line { fill: none; stroke-width: 2.4; }
.key0 { background: var(--k0); } .key1 { background: var(--k1); } .key2 { background: var(--k2); } .key3 { background: var(--k3); } .key4 { background: var(--k4); } .key5 { background: var(--k5); }
.f0, .c0 { fill: var(--k0); } .f1, .c1 { fill: var(--k1); } .f2, .c2 { fill: var(--k2); } .f3, .c3 { fill: var(--k3); } .f4, .c4 { fill: var(--k4); } .f5, .c5 { fill: var(--k5); }
.s0 { stroke: var(--k0); } .s1 { stroke: var(--k1); stroke-dasharray: 7 4; } .s2 { stroke: var(--k2); stroke-dasharray: 2 3; }
.s3 { stroke: var(--k3); stroke-dasharray: 10 3 2 3; } .s4 { stroke: var(--k4); } .s5 { stroke: var(--k5); stroke-dasharray: 4 4; }
.gain { fill: var(--gain); } .loss { fill: var(--loss); } .neutral { fill: var(--neutral); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: 8px 0; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { text-align: left; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--rule); font-weight: 400; }
tbody th { min-width: 9em; } .number { text-align: right; white-space: nowrap; } .sum :is(th, td), .total :is(th, td), .group :is(th, td) { font-weight: 600; } thead th { color: var(--dim); font-weight: 600; }
details > summary { cursor: pointer; color: var(--dim); margin: 6px 0; } 
@media print { body { max-width: none; padding: 0; font-size: 12px; } h2 { break-after: avoid; } figure { background: none; border: 1px solid var(--rule); } .scroll { overflow: visible; } }
`;
