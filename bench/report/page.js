// Runs in the reader's browser, in the page that page.ts writes. Without it the page is whole, but nothing moves.

/** A heading of a table becomes a button that sorts by its column, first upwards, then downwards. */
function makeSortable(table) {
  const headings = [...table.tHead.rows[0].cells];
  for (const [column, heading] of headings.entries()) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const direction = heading.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', direction);
      sortRows(table.tBodies[0], column, direction === 'ascending' ? 1 : -1);
    });
  }
}

/** Numbers by value, texts by alphabet, numbers before texts; cells without anything come last in either direction. */
function sortRows(body, column, sign) {
  const keyOf = (row) => {
    const text = row.cells[column].textContent.trim();
    return { row, text, number: Number.parseFloat(text.replaceAll(',', '')) };
  };
  const compare = (a, b) => {
    if ((a.text === '') !== (b.text === '')) return a.text === '' ? 1 : -1;
    const isA = !Number.isNaN(a.number);
    const isB = !Number.isNaN(b.number);
    if (isA && isB) return sign * (a.number - b.number);
    if (isA !== isB) return sign * (isA ? -1 : 1);
    return sign * a.text.localeCompare(b.text);
  };
  body.append(
    ...[...body.rows]
      .map(keyOf)
      .sort(compare)
      .map(({ row }) => row),
  );
}

/** Shows what a mark stands for beside the pointer. */
function showTooltip(event, value) {
  const tooltip = document.getElementById('tooltip');
  tooltip.hidden = value == null;
  if (value == null) return;
  tooltip.textContent = Object.entries(value)
    .map(([name, text]) => `${name}: ${text}`)
    .join('\n');
  const { width, height } = tooltip.getBoundingClientRect();
  tooltip.style.left = `${Math.max(4, Math.min(event.clientX + 12, innerWidth - width - 4))}px`;
  tooltip.style.top = `${Math.max(4, Math.min(event.clientY + 12, innerHeight - height - 4))}px`;
}

/** Puts a figure drawn by Vega in the place of the SVG; if that fails, the SVG stays. */
async function draw(drawing) {
  const still = drawing.querySelector('svg');
  const host = document.createElement('div');
  try {
    const spec = JSON.parse(document.getElementById(drawing.dataset.spec).textContent);
    const view = new vega.View(vega.parse(spec), { renderer: 'svg', container: host, hover: true });
    view.tooltip((_handler, event, _item, value) => showTooltip(event, value));
    await view.runAsync();
    const svg = host.querySelector('svg');
    svg.removeAttribute('width');
    svg.removeAttribute('height');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', still.getAttribute('aria-label'));
    still.replaceWith(host);
    drawing.dataset.drawn = 'vega';
  } catch (error) {
    drawing.dataset.drawn = 'failed';
    console.error(`${drawing.dataset.spec}: ${error.message}`);
  }
}

/** Draws the figures that this width of the page shows. */
function drawShown() {
  for (const drawing of document.querySelectorAll('.drawing:not([data-drawn])')) {
    if (getComputedStyle(drawing).display === 'none') continue;
    drawing.dataset.drawn = 'soon';
    draw(drawing);
  }
}

for (const table of document.querySelectorAll('table.sortable')) makeSortable(table);
drawShown();
matchMedia('(max-width: 40rem)').addEventListener('change', drawShown);
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details:not(.raw)')) details.open = true;
});
