// The latest row of each series, with a line for each of its numbers.

import { since } from './clock.js';
import { attribute, byId, el, keyed, text } from './dom.js';
import { count, inUnit, unknown } from './format.js';
import { draw, spark } from './spark.js';

const tables = new Map();
const order = new Intl.Collator('en', { numeric: true });

/** All there is; what was known before is forgotten. */
export function begin(all) {
  tables.clear();
  add(all);
}

/** What is new since the last event; a table with its columns is all of it. */
export function add(news) {
  for (const fresh of news) {
    const table = tables.get(fresh.table);
    if (fresh.columns) tables.set(fresh.table, { ...fresh, series: new Map(fresh.series.map((series) => [series.id, series])) });
    else if (table) merge(table, fresh);
  }
  show();
}

function merge(table, { gone, series, rows_left_out: leftOut }) {
  table.rows_left_out = leftOut;
  gone.forEach((id) => table.series.delete(id));
  for (const fresh of series) {
    const before = table.series.get(fresh.id);
    const more = before ? fresh.rows - before.rows : fresh.rows;
    for (const [column, line] of Object.entries(fresh.points)) {
      fresh.points[column] = [...(before?.points[column] ?? []), ...(more > 0 ? line.slice(-more) : [])].slice(-table.max_points);
    }
    table.series.set(fresh.id, fresh);
  }
}

function show() {
  const all = [...tables.values()].filter((table) => table.series.size || table.rows_left_out).sort((a, b) => order.compare(a.table, b.table));
  const series = all.reduce((sum, table) => sum + table.series.size, 0);
  text(byId('latest-about'), all.length ? `${count(series)} series of ${all.length} ${all.length === 1 ? 'table' : 'tables'}` : '');
  text(byId('latest-none'), all.length ? 'Rows that clients push show from the moment this page was opened.' : 'No row yet. Rows that clients push show from the moment this page was opened.');
  keyed(byId('latest'), all, (table) => table.table, create, update);
}

/** The collector tells of itself above; its tables are there for those who open them. */
const isOwn = (name) => name === 'collector_status' || name === 'source_status';

function create(table) {
  const part = el('details', { class: 'table' },
    el('summary', {}, el('span', { class: 'name' }, table.table), el('span', { class: 'muted' })),
    el('p', { class: 'muted note', hidden: '' }), el('div', { class: 'all' }));
  part.open = !isOwn(table.table) && table.series.size <= (matchMedia('(max-width: 640px)').matches ? 3 : 12);
  part.addEventListener('toggle', () => tables.has(table.table) && update(part, tables.get(table.table)));
  return part;
}

function update(part, table) {
  const series = [...table.series.values()].sort((a, b) => order.compare(a.key.join('\n'), b.key.join('\n')));
  const same = table.keys.map((_, i) => series.length > 1 && series.every((one) => one.key[i] === series[0].key[i]));
  const common = table.keys.filter((_, i) => same[i]).map((key, i) => `${key} ${series[0].key[table.keys.indexOf(key)] || unknown}`);
  text(part.querySelector('summary .muted'), [`${count(series.length)} series`, ...common].join(' · '));
  const note = part.querySelector('.note');
  const left = [
    table.rows_left_out ? `${count(table.rows_left_out)} rows of other series (page.series_per_table, page.series)` : null,
    table.columns_left_out ? `${count(table.columns_left_out)} columns` : null,
  ].filter(Boolean);
  attribute(note, 'hidden', left.length ? null : '');
  text(note, `Not shown here, and stored all the same: ${left.join(', ')}.`);
  if (!part.open) return;
  keyed(part.querySelector('.all'), series, (one) => one.id,
    () => el('article', { class: 'series' }, el('h3', {}, el('span', { class: 'name' }), el('span', { class: 'keys muted' }), el('span', { class: 'chip', hidden: '' }), el('time')), el('div', { class: 'values' }), el('ul', { class: 'texts' }), el('p', { class: 'absent muted' })),
    (article, one) => updateSeries(article, one, table, same));
}

function updateSeries(article, one, table, same) {
  const shown = table.keys.map((key, i) => ({ key, value: one.key[i], i })).filter(({ i }) => !same[i]);
  const [first, ...others] = shown.length ? shown : [{ key: '', value: table.table }];
  text(article.querySelector('.name'), first.value || unknown);
  text(article.querySelector('.keys'), others.map(({ value }) => value || unknown).join(' · '));
  const state = article.querySelector('h3 .chip');
  attribute(state, 'hidden', one.values.state === undefined ? '' : null);
  text(state, one.values.state ?? '');
  const time = article.querySelector('time');
  attribute(time, 'data-due', one.interval_seconds === null ? null : 3 * one.interval_seconds);
  since(time, one.time);
  const increases = new Set(table.columns.map((column) => column.delta).filter(Boolean));
  const columns = table.columns.filter((column) => !increases.has(column.name) && column.name !== 'state');
  const isText = (column) => column.type === 'varchar' || column.type === 'symbol';
  const isSeen = (column) => one.values[column.name] !== undefined || one.points[column.name]?.some((value) => value !== null);
  const absent = columns.filter((column) => !isSeen(column)).map((column) => label(column));
  text(article.querySelector('.absent'), absent.length ? `– not read: ${absent.join(', ')}` : '');
  keyed(article.querySelector('.values'), columns.filter((column) => !isText(column) && isSeen(column)), (column) => column.name, createValue, (cell, column) => updateValue(cell, column, one));
  keyed(article.querySelector('.texts'), columns.filter((column) => isText(column) && one.values[column.name]), (column) => column.name,
    (column) => el('li', {}, el('span', { class: 'label', title: column.help }, label(column)), el('span')),
    (row, column) => text(row.lastChild, one.values[column.name]));
}

/** A column's name without its unit, which the value shows. */
const label = (column) => column.name.replace(/_(seconds|ms|bytes|percent|pct)$/, '').replaceAll('_', ' ');

function createValue(column) {
  const cell = el('div', { class: 'cell', title: column.help },
    el('span', { class: 'label' }, label(column)),
    el('span', { class: 'value' }, el('span'), el('span', { class: 'more muted' })));
  if (column.type === 'long' || column.type === 'double') cell.append(spark());
  return cell;
}

function updateValue(cell, column, one) {
  const value = one.values[column.name];
  const shown = cell.querySelector('.value').firstChild;
  attribute(cell, 'data-unknown', value === undefined ? '' : null);
  if (column.type === 'timestamp') since(shown, value ?? null);
  else {
    text(shown, value === undefined ? unknown : column.type === 'boolean' ? (value ? 'yes' : 'no') : inUnit(value, column.unit));
    attribute(shown, 'title', value === undefined ? 'not known' : value); // unrounded
  }
  const increase = column.delta ? one.values[column.delta] : undefined;
  text(cell.querySelector('.more'), increase === undefined ? '' : ` +${count(increase)}`);
  const picture = cell.querySelector('svg');
  if (picture) {
    const line = one.points[column.delta ?? column.name] ?? [];
    if (picture.drawn !== one.rows) {
      picture.drawn = one.rows;
      draw(picture, line);
    }
  }
}
