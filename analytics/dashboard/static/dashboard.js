"use strict";
// Draws the time series from what the page holds already, and lets menus close as people expect.
// The page is complete without it: every figure of the chart stands in the table below it.

const DAY_S = 86_400;

for (const figure of document.querySelectorAll("figure[data-chart]")) draw(figure);

const menus = [...document.querySelectorAll("details.menu, details.why")];
document.addEventListener("click", (event) => {
  for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});

for (const region of document.querySelectorAll(".scroll")) {
  const most = region.querySelector(".heat-5");
  if (most) region.scrollLeft = most.offsetLeft - region.clientWidth / 2;
}

function draw(figure) {
  const chart = JSON.parse(figure.dataset.chart);
  const plot = figure.querySelector(".plot");
  const reading = figure.querySelector(".reading");
  const stacked = [chart.now, chart.before].filter(Boolean);
  const count = chart.now.heights.length;
  const begin = Date.parse(`${chart.first}T00:00:00Z`) / 1000;
  const bar = chart.step * DAY_S;
  const end = begin + count * bar;
  // Each bar twice, where it begins and just before it ends: so that one before a gap has its width too.
  const times = Array.from({ length: 2 * count }, (_, i) => begin + (i >> 1) * bar + (i % 2) * (bar - 1));
  const data = [times, ...stacked.map((one) => times.map((_, i) => one.heights[i >> 1] ?? null))];
  const say = (i) => {
    const at = i == null ? count : i >> 1;
    reading.textContent = at >= count ? "" : stacked.map((one) => one.labels[at]).filter(Boolean).join("  ·  ");
  };
  let shown = null;

  function build() {
    shown?.destroy();
    const ink = (name) => getComputedStyle(figure).getPropertyValue(name).trim();
    const steps = uPlot.paths.stepped({ align: 1 });
    const axis = { stroke: ink("--dim"), font: `12px ${getComputedStyle(figure).fontFamily}`, ticks: { show: false } };
    const looks = [
      { stroke: ink("--accent"), width: 2, fill: ink("--area") },
      { stroke: ink("--before"), width: 1.5, dash: [4, 3] },
    ];
    const series = stacked.map((_, i) => ({ paths: steps, points: { show: false }, spanGaps: false, ...looks[i] }));
    shown = new uPlot(
      {
        width: plot.clientWidth,
        height: plot.clientHeight,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC"),
        legend: { show: false },
        // A bar reaches from its own time to the next one's; uPlot alone would take the nearer of the two.
        cursor: {
          drag: { x: false, y: false },
          y: false,
          points: { show: false },
          dataIdx: (_, __, ___, at) => 2 * Math.floor((at - begin) / bar),
        },
        scales: { x: { range: [begin, end] }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] } },
        axes: [
          { ...axis, grid: { show: false }, values: (_, at) => at.map((second) => (second < end ? dayName(second, chart) : "")), space: 70, size: 28 },
          { ...axis, grid: { stroke: ink("--line"), width: 1 }, size: 44, incrs: [0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000] },
        ],
        series: [{}, ...series],
        hooks: { setCursor: [(u) => say(u.cursor.idxs[1])] },
      },
      data,
      plot,
    );
  }

  build();
  const fit = () => shown.setSize({ width: plot.clientWidth, height: plot.clientHeight });
  new ResizeObserver(fit).observe(plot);
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", build);
  }
  // Colours of a canvas do not follow the print stylesheet by themselves.
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printing");
    build();
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    build();
  });
}

function dayName(second, chart) {
  const day = new Date(second * 1e3);
  return chart.day.replace("{day}", day.getUTCDate()).replace("{month}", chart.months[day.getUTCMonth()]);
}
