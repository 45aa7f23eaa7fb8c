// Numbers, sizes and times as people read them. What is not known is a dash.

export const unknown = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const money = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 5 });
const known = (value) => value !== null && value !== undefined;

export function count(value) {
  return !known(value) ? unknown : typeof value === 'number' ? whole.format(value) : String(value);
}

export function number(value) {
  if (!known(value)) return unknown;
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? whole.format(value)
    : Math.abs(value) >= 1e15 || Math.abs(value) < 1e-6 ? value.toExponential(3)
    : Math.abs(value) >= 1000 ? whole.format(value) : digits.format(value);
}

export function bytes(value) {
  if (!known(value)) return unknown;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = Number(value), unit = 0;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 || Math.abs(size) >= 100 ? whole.format(size) : size.toFixed(1)} ${units[unit]}`;
}

/** A length of time by its two largest units, or by three digits below a minute. */
export function duration(seconds) {
  if (!known(seconds)) return unknown;
  const size = Math.abs(seconds), sign = seconds < 0 ? '−' : '';
  if (size === 0) return '0 s';
  if (size < 0.001) return `${sign}${Number((size * 1e6).toPrecision(3))} µs`;
  if (size < 1) return `${sign}${Number((size * 1e3).toPrecision(3))} ms`;
  if (size < 60) return `${sign}${Number(size.toPrecision(3))} s`;
  const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
  let rest = Math.round(size);
  const first = units.findIndex(([, length]) => rest >= length);
  const parts = [];
  for (const [name, length] of units.slice(first, first + 2)) {
    const many = Math.floor(rest / length);
    if (many > 0) parts.push(`${many} ${name}`);
    rest -= many * length;
  }
  return sign + parts.join(' ');
}

/** How long ago, in whole seconds: ages need not flicker. */
export function age(seconds) {
  if (!known(seconds)) return unknown;
  if (seconds < -1) return `in ${duration(Math.round(-seconds))}`;
  return seconds < 1 ? 'now' : `${duration(Math.floor(seconds))} ago`;
}

/** A value in its column's unit. */
export function inUnit(value, unit) {
  if (!known(value)) return unknown;
  if (typeof value !== 'number') return String(value);
  switch (unit) {
    case 's': return duration(value);
    case 'ms': return duration(value / 1000);
    case 'bytes': return bytes(value);
    case 'quote': return money.format(value);
    case 'percent': return `${Number(value.toPrecision(3))} %`;
    default: return number(value);
  }
}
