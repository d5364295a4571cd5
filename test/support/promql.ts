/** What an expression in Prometheus' language speaks of. */
export interface Mentions {
  /** Series as they are named in it, each with the labels that it is narrowed down by. */
  series: { name: string; labels: string[] }[];
  /** Labels that results are grouped or joined by. */
  grouping: string[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|\$\w+|[A-Za-z_:][\w:]*|\d[\w.]*|[!=]~|!=|\S/g;
const WORDS = /^(and|or|unless|bool|offset|inf|nan)$/i;
const GROUPINGS = /^(by|without|on|ignoring|group_left|group_right)$/;
const AGGREGATORS = /^(sum|min|max|avg|count|stddev|stdvar|group|topk|bottomk|quantile|count_values)$/;
const NAME = /^[A-Za-z_:]/;

/** Reads an expression as far as telling names of series and labels from everything else needs. */
export function mentionsOf(expression: string): Mentions {
  const tokens = expression.match(TOKEN) ?? [];
  const mentions: Mentions = { series: [], grouping: [] };
  let place: 'expression' | 'selector' | 'grouping' | 'range' = 'expression';
  tokens.forEach((token, index) => {
    const next = tokens[index + 1] ?? '';
    if (place === 'expression') {
      if (token === '{') place = 'selector';
      else if (token === '[') place = 'range';
      else if (GROUPINGS.test(token)) place = 'grouping';
      else if (isSeries(token, next)) mentions.series.push({ name: token, labels: [] });
    } else if (token === { selector: '}', grouping: ')', range: ']' }[place]) {
      place = 'expression';
    } else if (place === 'grouping' && NAME.test(token)) {
      mentions.grouping.push(token);
    } else if (place === 'selector' && NAME.test(token)) {
      mentions.series.at(-1)?.labels.push(token);
    }
  });
  return mentions;
}

const isSeries = (token: string, next: string): boolean =>
  NAME.test(token) && next !== '(' && !WORDS.test(token) && !AGGREGATORS.test(token);
