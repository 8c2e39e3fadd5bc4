/** The style of invoice documents, on top of that of every page. */
export const SHEET_STYLE = `
body { max-width: 860px; }
.invoice { padding: 24px 0 32px; } .invoice + .invoice { border-top: 3px double var(--rule); }
.invoice h1 { margin: 18px 0 4px; font-size: 28px; } address { font-style: normal; }
.issuer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 12px; align-items: flex-start; }
.issuer address { margin-left: auto; text-align: right; font-size: 13px; } .logo { max-height: 64px; max-width: 220px; }
.notice { color: var(--loss); font-weight: 600; }
.sides { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 24px; margin: 20px 0 24px; } .sides p { margin: 0; font-size: 13px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; margin: 0; } dt { color: var(--dim); } dd { margin: 0; text-align: right; }
.invoice table { width: 100%; } .invoice td, .invoice th { vertical-align: top; padding: 6px 12px 6px 0; } .invoice :is(td, th):last-child { padding-right: 0; }
.bill > .scroll:first-child tbody th { width: 46%; } .invoice tbody .dim { font-size: 12px; overflow-wrap: anywhere; } .invoice thead th { white-space: nowrap; }
.invoice td { white-space: nowrap; } .annex td { white-space: normal; } .annex td.number { white-space: nowrap; }
.invoice .sum :is(th, td) { border-bottom: 0; font-weight: 400; padding-block: 4px; } .invoice .group th { padding-top: 14px; color: var(--k0); }
.invoice .total :is(th, td) { font-size: 18px; border-block: 2px solid var(--ink); padding-block: 8px; white-space: nowrap; }
.invoice .bill p { margin: 14px 0 0; } .invoice .bill .scroll + p { margin-top: 20px; }
.annex { margin-top: 40px; } .annex figure { max-width: none; } .annex svg { max-width: 560px; } .track { fill: var(--rule); }
.annex figcaption { font-weight: 400; font-size: 13px; } code { font: 12px ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
footer { margin-top: 32px; border-top: 1px solid var(--rule); padding-top: 8px; color: var(--dim); font-size: 12px; text-align: center; }
@media (max-width: 600px) { .sides { grid-template-columns: minmax(0, 1fr); } dl { grid-template-columns: minmax(0, max-content) minmax(0, 1fr); } .invoice :is(td, th) { padding-right: 8px; font-size: 12px; }
  .bill > .scroll:first-child :is(td, th):nth-child(3) { display: none; } .invoice .total :is(th, td) { font-size: 15px; } .invoice tbody .dim { font-size: 11px; } .bill > .scroll:first-child tbody th { min-width: 0; width: auto; } }
@media print { @page { size: A4; margin: 16mm; } .invoice, .invoice table, .sides p, address, dl { font-size: 11px; } .invoice h1 { font-size: 22px; } .invoice h2 { font-size: 14px; margin: 18px 0 4px; }
  .invoice tbody .dim { font-size: 9px; } .invoice td, .invoice th { padding-block: 3px; } .invoice .total :is(th, td) { font-size: 14px; } .invoice .bill p { margin-top: 6px; } .sides { margin: 12px 0 16px; }
  .invoice { padding: 0; } .invoice + .invoice { break-before: page; border: 0; } tr { break-inside: avoid; } .annex { break-before: page; margin: 0; } }
`;
