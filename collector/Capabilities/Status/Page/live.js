// The connection to the collector: opened again whenever it breaks, and never taken for alive when it is silent.

import { heardAt, showAges, silence } from './clock.js';
import { attribute, byId, text } from './dom.js';
import { duration } from './format.js';
import * as rows from './rows.js';
import * as status from './status.js';

const hiddenFor = 60_000;
let source = null;
let retry = 1000;
let edition = null;
let interval = 1;
let opened = performance.now();
let hidden = 0;
let stopped = false;

function open() {
  close();
  opened = performance.now();
  source = new EventSource('/api/events');
  source.addEventListener('tables', (event) => rows.begin(JSON.parse(event.data)));
  source.addEventListener('rows', (event) => rows.add(JSON.parse(event.data)));
  source.addEventListener('status', (event) => take(JSON.parse(event.data)));
  source.addEventListener('stopping', () => {
    stopped = true;
    lose();
  });
  source.addEventListener('error', () => {
    lose();
    if (source.readyState === EventSource.CLOSED) again(); // a browser gives up after an answer that is no stream
  });
}

function close() {
  source?.close();
  source = null;
}

function again() {
  close();
  setTimeout(() => source ?? open(), retry);
  retry = Math.min(retry * 2, 10_000);
}

function take(news) {
  if (edition !== null && edition !== news.page) {
    location.reload(); // the collector was replaced by another version, with another page
    return;
  }
  edition = news.page;
  interval = news.interval_seconds;
  retry = 1000;
  stopped = false;
  heardAt(news.now);
  status.show(news);
  link('live');
}

/** Says how the connection is, in words and not by a colour alone. */
function link(state) {
  attribute(byId('link'), 'data-state', state);
  text(byId('link-text'), state);
  attribute(document.body, 'data-lost', state === 'live' ? null : '');
  attribute(byId('lost'), 'hidden', state === 'lost' ? null : '');
}

function lose() {
  link('lost');
  const old = silence();
  const what = stopped ? 'The collector was stopped.' : 'The connection to the collector is lost.';
  const shown = old === null ? 'Nothing was read yet.' : `What is shown is ${old < 1 ? 'less than 1 s' : duration(Math.floor(old))} old; how it is now is not known.`;
  text(byId('lost-what'), what);
  text(byId('lost-age'), `${shown} Trying again…`);
  attribute(byId('verdict'), 'data-state', 'unknown');
  text(byId('verdict').querySelector('.sign'), '–');
  text(byId('verdict-text'), 'Not known: no connection');
}

setInterval(() => {
  const quiet = silence() ?? (performance.now() - opened) / 1000;
  const since = Math.min(quiet, (performance.now() - opened) / 1000);
  if (byId('link').dataset.state === 'lost') lose();
  if (source && since > 3 * interval + 3) {
    lose();
    again(); // open, as far as the browser knows, and nothing comes
  }
  showAges();
}, 1000);

document.addEventListener('visibilitychange', () => {
  clearTimeout(hidden);
  if (document.hidden) {
    hidden = setTimeout(() => {
      close();
      link('paused');
    }, hiddenFor);
  } else if (!source) open();
});

open();
