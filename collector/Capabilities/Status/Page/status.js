// Everything but the latest rows, from a status event.

import { since } from './clock.js';
import { attribute, byId, el, keyed, text } from './dom.js';
import { bytes, count, duration, unknown } from './format.js';

const signs = { ok: '✓', up: '✓', note: 'i', warning: '!', critical: '✕', down: '✕', waiting: '…', halted: '✕', suspended: '✕', unreachable: '✕', read_only: '✕', unknown: '–' };
const grave = { up: 'ok', ok: 'ok', waiting: 'note', down: 'warning', halted: 'critical', suspended: 'critical', unreachable: 'critical', read_only: 'critical' };

/** A state in words, with a sign and a colour that say the same. */
function chip(element, state, words = state.replace('_', ' ')) {
  attribute(element, 'class', `chip ${grave[state] ?? state}`);
  if (!element.firstChild) element.append(el('span', { class: 'sign', 'aria-hidden': 'true' }), el('span'));
  text(element.firstChild, signs[state] ?? signs.unknown);
  text(element.lastChild, words);
}

export function show(status) {
  text(byId('name'), status.collector);
  document.title = `${status.attention.some((item) => item.severity !== 'note') ? '! ' : ''}${status.collector}`;
  const about = byId('about');
  if (!about.lastElementChild) about.append(el('span'), ' · started ', el('span'));
  text(about.firstElementChild, `version ${status.version || unknown}`);
  since(about.lastElementChild, status.started_at);
  menu(status.pages);
  verdict(status);
  tiles(status);
  sources(status.sources);
  delivery(status);
  database(status.database);
  ledger(status.tables);
  quarantine(status.quarantine);
}

/** Where there are other pages. */
function menu(pages) {
  if (pages.length < 2) return;
  if (!byId('menu')) document.querySelector('.brand').after(el('nav', { id: 'menu', class: 'menu', 'aria-label': 'Pages' }));
  keyed(byId('menu'), pages, (page) => page.path,
    (page) => el('a', { href: page.path, 'aria-current': page.path === location.pathname ? 'page' : null }),
    (link, page) => text(link, page.title));
}

function verdict({ attention, ready }) {
  const serious = attention.filter((item) => item.severity !== 'note');
  const worst = serious[0]?.severity ?? 'ok';
  attribute(byId('verdict'), 'data-state', worst);
  text(byId('verdict').querySelector('.sign'), signs[worst]);
  text(byId('verdict-text'), serious.length === 0 ? 'All is well'
    : `${serious.length === 1 ? 'One thing needs' : `${serious.length} things need`} attention${ready ? '' : ': not ready'}`);
  keyed(byId('attention'), attention, (item) => `${item.severity} ${item.what} ${item.next}`,
    () => el('li', {}, el('span', { class: 'chip' }), el('div', {}, el('p', { class: 'what' }), el('p', { class: 'next' }))),
    (row, item) => {
      chip(row.firstChild, item.severity);
      text(row.querySelector('.what'), item.what);
      const next = row.querySelector('.next');
      if (!next.firstChild) next.append(...item.next.split('`').map((part, i) => i % 2 ? el('code', {}, part) : part));
    });
}

function tiles({ attention, sources: all, spool, tables, quarantine: bad, database: store }) {
  const up = all.filter((source) => source.state === 'up').length;
  const remainder = tables.reduce((sum, table) => sum + Math.abs(table.remainder), 0);
  const dropped = tables.reduce((sum, table) => sum + table.dropped, 0);
  const items = [
    ['sources', 'Sources', `${up} of ${all.length}`, 'up', all.length && up === all.length ? 'ok' : all.some((source) => source.state === 'down') ? 'warning' : 'note'],
    ['delivery', 'Pending', count(spool.pending_rows), spool.pending_rows === 1 ? 'row on disk' : 'rows on disk', attention.find((item) => item.about === 'spool')?.severity ?? 'ok'],
    ['database', 'Database', store.state.replace('_', ' '), store.state === 'ok' ? 'takes rows' : 'rows wait on disk', grave[store.state] ?? 'note'],
    ['ledger', 'Books', remainder === 0 ? 'balanced' : `off by ${count(remainder)}`, dropped === 0 ? 'nothing lost' : `${count(dropped)} rows lost`, remainder !== 0 || dropped > 0 ? 'critical' : 'ok'],
    ['quarantine', 'Quarantine', count(bad.rows), bad.rows === 1 ? 'row' : 'rows', bad.tables.length ? 'note' : 'ok'],
  ];
  keyed(byId('tiles'), items, (item) => item[0],
    ([id, label]) => el('a', { href: `#${id}-title`, class: 'tile' }, el('span', { class: 'label' }, label), el('span', { class: 'value' }, el('span', { class: 'sign', 'aria-hidden': 'true' }), el('strong')), el('span', { class: 'small' })),
    (tile, [, , value, small, how]) => {
      attribute(tile, 'data-state', how);
      text(tile.querySelector('.sign'), signs[how]);
      text(tile.querySelector('strong'), value);
      text(tile.querySelector('.small'), small);
    });
}

/** A row of a table whose cells name their column, for screens that stack them. */
function cells(row, columns) {
  for (const [label, kind] of columns) row.append(el(kind === 'head' ? 'th' : 'td', { 'data-label': label, class: kind === 'n' ? 'n' : null, scope: kind === 'head' ? 'row' : null }));
  return row;
}

function sources(all) {
  attribute(byId('sources-none'), 'hidden', all.length ? '' : null);
  text(byId('sources-none'), 'No source is configured.');
  keyed(byId('sources'), all, (source) => source.name,
    () => {
      const row = cells(el('tr'), [['Source', 'head'], ['State'], ['Last reading'], ['Took', 'n'], ['Readings', 'n'], ['Errors', 'n']]);
      row.children[0].append(el('span', { class: 'name' }), el('span', { class: 'trouble' }));
      row.children[1].append(el('span'));
      row.children[2].append(el('time'));
      return row;
    },
    (row, source) => {
      const [name, state, last, took, readings, errors] = row.children;
      text(name.firstChild, source.name);
      const trouble = name.lastChild;
      if (source.last_error) {
        if (!trouble.firstChild) trouble.append(el('span'), el('time'), el('span'));
        text(trouble.children[0], source.state === 'down' ? '' : 'last error ');
        if (source.state === 'down') { attribute(trouble.children[1], 'data-at', null); text(trouble.children[1], ''); } else since(trouble.children[1], source.last_error_at);
        text(trouble.children[2], source.state === 'down' ? source.last_error : `: ${source.last_error}`);
        attribute(trouble, 'data-now', source.state === 'down' ? '' : null);
      }
      chip(state.firstChild, source.state, source.state === 'waiting' ? 'no reading yet' : source.state);
      attribute(last.firstChild, 'data-due', 3 * source.interval_seconds);
      since(last.firstChild, source.last_reading_at);
      text(took, duration(source.duration_seconds));
      text(readings, count(source.readings));
      text(errors, count(source.errors));
    });
}

/** Terms with their values; a value may be a function that fills its element. */
function facts(list, items) {
  keyed(list, items, (item) => item[0],
    ([label]) => el('div', {}, el('dt', {}, label), el('dd')),
    (row, [, value]) => typeof value === 'function' ? value(row.lastChild) : text(row.lastChild, value));
}

function delivery({ spool }) {
  const share = Math.min(1, spool.bytes / spool.limit_bytes);
  const meter = byId('spool-meter');
  meter.firstElementChild.style.width = `${Math.max(0.4, share * 100)}%`;
  attribute(meter, 'data-state', share > 0.9 ? 'critical' : share > 0.6 ? 'warning' : 'ok');
  attribute(meter, 'aria-label', `Spool: ${bytes(spool.bytes)} of ${bytes(spool.limit_bytes)}`);
  facts(byId('delivery'), [
    ['Rows pending', count(spool.pending_rows)],
    ['Bytes pending', bytes(spool.pending_bytes)],
    ['Spool', `${bytes(spool.bytes)} of ${bytes(spool.limit_bytes)}`],
    ['Can still take', bytes(spool.left_bytes)],
    ['Full in', { unknown: `${unknown} (measuring)`, steady: 'it does not fill', filling: duration(spool.seconds_to_full) }[spool.trend]],
    ['When full', spool.when_full === 'refuse' ? 'new rows are refused' : 'the oldest rows are dropped'],
  ]);
}

function database(store) {
  const differences = Object.entries(store.audit_differences);
  const items = [
    ['Store', store.description],
    ['State', (value) => { if (!value.firstChild) value.append(el('span')); chip(value.firstChild, store.state); }],
  ];
  if (store.is_watched) {
    items.push(
      ['Version', store.version ?? unknown],
      ['Lag', store.lag_transactions === null && store.lag_rows === null ? unknown : `${count(store.lag_transactions)} transactions, ${count(store.lag_rows)} rows`],
      ['Suspended tables', !store.is_seen && !store.suspended.length ? unknown : store.suspended.length ? store.suspended.map((table) => table.table).join(', ') : 'none'],
      ['Clock skew', duration(store.clock_skew_seconds)],
      ['Write to visible', duration(store.write_to_visible_seconds)],
      ['Audit', differences.length ? differences.map(([table, rows]) => `${table} ${rows > 0 ? '+' : ''}${count(rows)}`).join(', ') : unknown],
      ['Looked at', (value) => since(value, store.looked_at)]);
  }
  facts(byId('database'), items);
  text(byId('database-note'), store.problem ? `${store.problem}. Rows wait on disk.`
    : !store.is_watched ? 'What this store accepts can be read at once: there is no lag to watch.'
    : !store.is_seen ? 'The last look failed: what is not known is –.' : '');
}

function ledger(tables) {
  const columns = [['Table', 'head'], ['Accepted', 'n'], ['From before', 'n'], ['Delivered', 'n'], ['Pending', 'n'], ['Quarantined', 'n'], ['Dropped', 'n'], ['Remainder', 'n']];
  const fill = (row, table) => {
    const values = [table.accepted, table.recovered + table.replayed, table.delivered, table.pending, table.quarantined, table.dropped, table.remainder];
    values.forEach((value, i) => {
      text(row.children[i + 1], count(value));
      attribute(row.children[i + 1], 'data-zero', value === 0 ? '' : null);
    });
    attribute(row.children[6], 'data-bad', table.dropped !== 0 ? '' : null);
    attribute(row.children[7], 'data-bad', table.remainder !== 0 ? '' : null);
  };
  keyed(byId('ledger'), tables, (table) => table.table,
    () => {
      const row = cells(el('tr'), columns);
      row.firstChild.append(el('span', { class: 'name' }), el('span'));
      return row;
    },
    (row, table) => {
      text(row.firstChild.firstChild, table.table);
      const state = row.firstChild.lastChild;
      attribute(state, 'hidden', table.state === 'ok' ? '' : null);
      attribute(state, 'title', table.because);
      chip(state, table.state);
      fill(row, table);
    });
  const total = { accepted: 0, recovered: 0, replayed: 0, delivered: 0, pending: 0, quarantined: 0, dropped: 0, remainder: 0 };
  for (const table of tables) for (const term of Object.keys(total)) total[term] += table[term];
  keyed(byId('ledger-total'), tables.length ? [total] : [], () => 'all', () => {
    const row = cells(el('tr'), columns);
    text(row.firstChild, 'all');
    return row;
  }, fill);
}

function quarantine(bad) {
  text(byId('quarantine-about'), `${bytes(bad.bytes)} of ${bytes(bad.limit_bytes)}`);
  attribute(byId('quarantine-none'), 'hidden', bad.tables.length ? '' : null);
  text(byId('quarantine-none'), 'No bad row is set aside.');
  keyed(byId('quarantine'), bad.tables, (table) => table.table,
    () => el('article', { class: 'bad' }, el('h3', {}, el('span', { class: 'name' }), ' ', el('span', { class: 'muted' })), el('ul'), el('p', { class: 'muted' }, 'Look further: ', el('code'), ' (with the --config of this collector)')),
    (part, table) => {
      text(part.querySelector('.name'), table.table === '~unknown' ? 'of no known table' : table.table);
      text(part.querySelector('h3 .muted'), table.rows === null ? bytes(table.bytes) : `${count(table.rows)} ${table.rows === 1 ? 'row' : 'rows'}, ${bytes(table.bytes)}`);
      keyed(part.querySelector('ul'), table.latest.map((entry, i) => ({ ...entry, i })), (entry) => `${entry.time} ${entry.i} ${entry.reason}`,
        () => el('li', {}, el('time'), el('span', { class: 'what' }), el('span', { class: 'muted' })),
        (row, entry) => {
          since(row.firstChild, entry.time);
          text(row.children[1], entry.reason);
          text(row.lastChild, entry.source ? `from ${entry.source}` : 'turned away by the store');
        });
      text(part.querySelector('code'), table.command);
    });
}
