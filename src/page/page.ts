/** The program of the estimate's page: sliders in, numbers out, with the engine that the command uses. */
import { Decimal } from '../core/decimal.ts';
import { type Estimate, estimate } from '../core/estimate/estimate.ts';
import { type WhatIf, whatIf } from '../core/estimate/whatIf.ts';
import { decodePageData } from '../report/estimate/pageData.ts';
import { pageParts } from '../report/estimate/pageView.ts';
import { shortCount } from '../report/estimate/words.ts';

const data = decodePageData(document.getElementById('data')!.textContent!);
const form = document.getElementById('controls') as HTMLFormElement;
const sliders = [...form.querySelectorAll<HTMLInputElement>('input[type=range]')];
const configured = estimateWith(
  whatIfOf(() => '100'),
  data.tier,
);
let tier = data.tier;
let isDue = false;

form.addEventListener('input', drawSoon);
form.addEventListener('reset', () => {
  tier = data.tier;
  drawSoon();
});
document.getElementById('answer')!.addEventListener('change', (event) => {
  const { name, value } = event.target as HTMLInputElement;
  if (name !== 'tier') return;
  tier = value;
  drawSoon();
});
draw(); // a browser that goes back to a page restores where its sliders stood

/** Once for each frame, however often a slider moves. */
function drawSoon(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    draw();
  });
}

function draw(): void {
  const wanted = whatIfOf((slider) => slider.value);
  const now = estimateWith(wanted, tier);
  const focused = document.activeElement instanceof HTMLInputElement && document.activeElement.name === 'tier';
  const before = { tier: data.tier, total: configured.invoice.total };
  for (const [id, html] of Object.entries(pageParts(now, before))) document.getElementById(id)!.innerHTML = html;
  // The radio that had the focus was drawn anew: without this, the keyboard would have to start over.
  if (focused) document.querySelector<HTMLInputElement>('input[name=tier]:checked')?.focus();
  for (const slider of sliders) label(slider, now);
}

function label(slider: HTMLInputElement, now: Estimate): void {
  const { kind, name } = slider.dataset as { kind: string; name: string };
  const requests = (of: (route: Estimate['routes'][number]) => Decimal) =>
    now.routes.reduce((all, one) => all.plus(of(one)), new Decimal(0));
  const total = requests(({ route }) => route.traffic.expected);
  let detail = '';
  if (kind === 'traffic') detail = shortCount(total);
  else if (kind === 'route')
    detail = shortCount(requests(({ route }) => (route.match === name ? route.traffic.expected : new Decimal(0))));
  else if (kind === 'region' && !total.isZero()) {
    const here = requests(({ parts }) => parts[0]!.part.byRegion.get(name)?.requests ?? new Decimal(0));
    detail = `${here.times(100).div(total).toFixed(1)} % of requests`;
  }
  const text = `${slider.value} %${detail === '' ? '' : `, ${detail}`}`;
  slider.parentElement!.querySelector('output')!.textContent = text;
  slider.setAttribute('aria-valuetext', text);
}

function whatIfOf(valueOfSlider: (slider: HTMLInputElement) => string): WhatIf {
  const of = (kind: string) =>
    new Map(
      sliders
        .filter((slider) => slider.dataset.kind === kind)
        .map((slider) => [slider.dataset.name!, new Decimal(valueOfSlider(slider)).div(100)]),
    );
  return {
    traffic: of('traffic').get('')!,
    routes: of('route'),
    regions: of('region'),
    middleware: of('middleware'),
  };
}

function estimateWith(wanted: WhatIf, on: string): Estimate {
  return estimate({ rateCard: data.rateCard, period: data.period, config: whatIf(data.config, wanted), tier: on });
}
