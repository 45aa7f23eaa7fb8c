// Before anything is drawn: the colours that were chosen here before.
'use strict';
(() => {
  const order = ['auto', 'light', 'dark'];
  const told = { auto: 'as the system has them', light: 'light', dark: 'dark' };
  const kept = () => { try { return localStorage.getItem('theme'); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem('theme', theme); } catch { /* then it holds until the page is closed */ } };
  let theme = order.includes(kept()) ? kept() : 'auto';
  const apply = () => { document.documentElement.dataset.theme = theme; };
  apply();

  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    const show = () => {
      button.textContent = theme[0].toUpperCase() + theme.slice(1);
      button.setAttribute('aria-label', `Colours: ${told[theme]}`);
    };
    button.addEventListener('click', () => {
      theme = order[(order.indexOf(theme) + 1) % order.length];
      keep(theme);
      apply();
      show();
    });
    show();
  });
})();
