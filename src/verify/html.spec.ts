import { describe, expect, it } from '@jest/globals';
import { html } from './html.js';

describe('html', () => {
  it('escapes text in elements and attributes', () => {
    const text = `<script>alert("1") & '2'</script>`;
    expect(html`<p title="${text}">${text}</p>`.markup).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot;) &amp; &#39;2&#39;&lt;/script&gt;">' +
        '&lt;script&gt;alert(&quot;1&quot;) &amp; &#39;2&#39;&lt;/script&gt;</p>',
    );
  });

  it('keeps nested markup, joins lists and leaves out what is absent', () => {
    const items = ['a', '<b>'].map((item) => html`<i>${item}</i>`);
    expect(html`<p>${items}${null}${false}</p>`.markup).toBe('<p><i>a</i><i>&lt;b&gt;</i></p>');
  });

  it('escapes markup that comes as text', () => {
    expect(html`${'<br>'}`.markup).toBe('&lt;br&gt;');
  });
});
