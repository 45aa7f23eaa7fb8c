// The line of a number's recent values. A value that a row left out is a gap, not a zero.

const svg = 'http://www.w3.org/2000/svg';
const width = 100, height = 24, margin = 2;

export function spark() {
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('class', 'spark');
  picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('aria-hidden', 'true');
  const area = document.createElementNS(svg, 'path');
  area.setAttribute('class', 'area');
  const line = document.createElementNS(svg, 'path');
  line.setAttribute('class', 'line');
  picture.append(area, line);
  return picture;
}

/** The runs of neighbours that have a value, each as points of the picture. */
function runs(values) {
  const present = values.filter((value) => value !== null);
  const low = Math.min(...present), high = Math.max(...present);
  const x = (i) => values.length < 2 ? width : (i / (values.length - 1)) * width;
  const y = (value) => high === low ? height / 2 : height - margin - ((value - low) / (high - low)) * (height - 2 * margin);
  const all = [];
  let run = [];
  values.forEach((value, i) => {
    if (value === null) {
      if (run.length) all.push(run);
      run = [];
    } else run.push([x(i).toFixed(1), y(value).toFixed(1)]);
  });
  if (run.length) all.push(run);
  return all;
}

export function draw(picture, values) {
  const parts = values.some((value) => value !== null) ? runs(values) : [];
  const lines = parts.map((run) => run.length > 1
    ? `M${run.map((point) => point.join(' ')).join('L')}`
    : `M${run[0].join(' ')}h0.01`);
  const areas = parts.filter((run) => run.length > 1).map((run) =>
    `M${run[0][0]} ${height}L${run.map((point) => point.join(' ')).join('L')}L${run[run.length - 1][0]} ${height}Z`);
  picture.children[0].setAttribute('d', areas.join(''));
  picture.children[1].setAttribute('d', lines.join(''));
}
