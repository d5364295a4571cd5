import type { Api } from './api.js';
import { ask, button, h, icon, show, showBusy } from './dom.js';

/** Asks for the share code of a right to work or rent; whatever is typed, a specimen's status is found. */
export async function giveShareCode(api: Api): Promise<void> {
  await ask<void>((choose) => {
    show(
      'Enter your share code',
      h('div', { class: 'illustration' }, icon('document')),
      h('label', { for: 'share-code' }, 'Share code'),
      h('input', { id: 'share-code', autocomplete: 'off', maxlength: '9' }),
      h(
        'div',
        { class: 'actions' },
        button('Continue', 'primary', () => choose()),
        button('Use a specimen share code', 'simulator', () => choose(), 'specimen'),
      ),
    );
  });
  showBusy('Looking up your status');
  await api.submitShareCode();
}
