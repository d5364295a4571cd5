import type { NoticeData } from '../page-data.js';
import { parentPage } from './parent-page.js';

/** Script of a page that embeds nothing, inside a page of the tenant's: it only says how things stand. */

const { embed, finished, returnUrl } = JSON.parse(document.body.dataset.page ?? '') as NoticeData;
const parent = parentPage(embed);

if (finished) parent.tell({ type: 'success', returnUrl });
else parent.tell({ type: 'error', code: null, kind: 'link_over', retry: 'new_session' });

document.getElementById('close')?.addEventListener('click', () => {
  if (parent.present) parent.tell({ type: 'closed', returnUrl });
  else if (returnUrl) location.assign(returnUrl);
});
