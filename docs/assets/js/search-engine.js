// The search engine: finds entries in the index that render/search_index.py makes, asking only for the files a query needs.
(() => {
  "use strict";
  const KINDS = ["Term", "Page", "Path", "Reading", "Open problem"];
  const WEIGHTS = [1.5, 1.3, 1.2, 1, 0.75];
  const WHOLE = 1.6; // for a name that what was typed covers word by word, slips of the pen and all
  const SHOWN = 8;
  const root = new URL("../../", document.currentScript.src);
  const STOP = new Set(("a an and are as at be by can for from has have how in is it its of on or that the their this to was " +
    "what when which who why with").split(" "));

  // --- The index -------------------------------------------------------------------------------------------------------

  const kept = new Map();
  const file = (name) => {
    if (!kept.has(name)) {
      const asked = fetch(new URL(`search/${name}.json`, root)).then((answer) => {
        if (!answer.ok) throw new Error(`${answer.status} for ${name}`);
        return answer.json();
      });
      asked.catch(() => kept.delete(name)); // the next keystroke asks again
      kept.set(name, asked);
    }
    return kept.get(name);
  };

  const unfold = (coded) => {
    let before = "";
    return coded.split(" ").map((code) => (before = before.slice(0, parseInt(code[0], 36)) + code.slice(1)));
  };

  let index;
  const load = () => {
    index ??= file("vocabulary").then((read) => {
      const words = unfold(read.words);
      const places = new Map(words.map((word, n) => [word, n]));
      const letters = Int32Array.from(words, lettersOf);
      const roots = new Map();
      words.forEach((word, n) => {
        const same = roots.get(root_(word));
        if (same) same.push(n); else roots.set(root_(word), [n]);
      });
      return { ...read, words, places, letters, roots, total: read.kinds.reduce((sum, count) => sum + count, 0) };
    });
    index.catch(() => { index = undefined; });
    return index;
  };

  // A word without its usual endings: ablating and ablation, memorised and memorization are one. Only compared, never shown.
  const ENDINGS = /(isation|ization|ations?|itions?|ions?|ings?|ised?|ized?|ers?|ors?|ities|ity|ness|ments?|ally|ly|ive|al|ies|ied|ed|es|e|y)$/;
  const root_ = (word) => {
    const short = word.length > 5 ? word.replace(ENDINGS, "") : word.replace(/(ing|ed|e)$/, "");
    return short.length < 3 ? word : short.replace(/(.)\1$/, "$1");
  };

  // The same as fold, tokens and squeezed in Python.
  const stem = (word) => {
    if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
    return word.length > 3 && /s$/.test(word) && !/(ss|us|is|as)$/.test(word) ? word.slice(0, -1) : word;
  };
  const tokens = (text) =>
    (text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[a-z0-9_]+/g) ?? []).map(stem);
  const squeezed = (name) => tokens(name.replaceAll("_", " ")).join("");

  const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    return c;
  });
  const crc32 = (text) => {
    let c = 0xffffffff;
    for (let i = 0; i < text.length; i += 1) c = (c >>> 8) ^ CRC[(c ^ text.charCodeAt(i)) & 255];
    return (c ^ 0xffffffff) >>> 0;
  };

  // --- What a word may mean --------------------------------------------------------------------------------------------

  // Edits between two words, swaps of neighbours counting one; most + 1 when there are more.
  const rows = [new Uint8Array(64), new Uint8Array(64), new Uint8Array(64)];
  const edits = (a, b, most) => {
    if (a.length > 60 || b.length > 60) return most + 1;
    let [before, last, now] = rows;
    for (let j = 0; j <= b.length; j += 1) last[j] = j;
    for (let i = 1; i <= a.length; i += 1) {
      now[0] = i;
      let least = i;
      for (let j = 1; j <= b.length; j += 1) {
        const same = a[i - 1] === b[j - 1] ? 0 : 1;
        let cost = Math.min(last[j] + 1, now[j - 1] + 1, last[j - 1] + same);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2] + 1);
        now[j] = cost;
        if (cost < least) least = cost;
      }
      if (least > most) return most + 1;
      [before, last, now] = [last, now, before];
    }
    return last[b.length];
  };

  // Which letters a word has, as bits: two words that differ in many cannot be one slip apart, and need no closer look.
  const lettersOf = (word) => {
    let bits = 0;
    for (let i = 0; i < word.length; i += 1) bits |= 1 << (word.charCodeAt(i) & 31);
    return bits;
  };
  const count = (bits) => {
    let n = 0;
    for (let rest = bits; rest; rest &= rest - 1) n += 1;
    return n;
  };

  // Words are sorted, so those with one beginning follow one another: the first that is not before it.
  const firstFrom = (words, beginning) => {
    let low = 0;
    for (let high = words.length; low < high;) {
      const middle = (low + high) >> 1;
      if (words[middle] < beginning) low = middle + 1; else high = middle;
    }
    return low;
  };

  // Words of the vocabulary that a typed word may mean, with how sure one can be: itself, other endings of it, and then, if it
  // is still being typed, its continuations; only a word that nothing knows is taken for a slip of the pen.
  const MOST_MEANT = 8;
  const meanings = ({ words, places, letters, roots }, typed, unfinished) => {
    const found = new Map();
    const mean = (n, sure) => { if (sure > (found.get(n) ?? 0)) found.set(n, sure); };
    if (places.has(typed)) mean(places.get(typed), 1);
    for (const n of roots.get(root_(typed)) ?? []) mean(n, 0.7);
    if (unfinished || !found.size) {
      for (let n = firstFrom(words, typed); n < words.length && words[n].startsWith(typed); n += 1) {
        if (words[n] !== typed) mean(n, (unfinished ? 0.85 : 0.6) * (typed.length / words[n].length) ** 0.5);
      }
    }
    const most = found.size || typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
    if (most) {
      const own = lettersOf(typed);
      for (let n = 0; n < words.length; n += 1) {
        const longer = words[n].length - typed.length;
        if (longer < -most || longer > most || count(letters[n] ^ own) > 2 * most) continue;
        const cost = edits(typed, words[n], most);
        if (cost <= most) mean(n, (words[n][0] === typed[0] ? 0.62 : 0.5) - 0.14 * (cost - 1));
      }
    }
    return [...found].sort((x, y) => y[1] - x[1]).slice(0, MOST_MEANT);
  };

  // --- A query ---------------------------------------------------------------------------------------------------------

  // Entries as [number, length of the name in words, 0 for a text].
  const unpack = (coded, named) => {
    if (!coded) return [];
    let at = 0;
    return coded.split(",").map((step) => {
      at += parseInt(named ? step.slice(1) : step, 36);
      return [at, named ? Number(step[0]) : 0];
    });
  };

  const postings = async ({ stretches }, n) => {
    let low = 0;
    for (let high = stretches.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (stretches[middle] <= n) low = middle; else high = middle;
    }
    const [names, texts, more] = (await file(`p${low}`))[n - stretches[low]].split("|");
    return [unpack(names, true), unpack(texts, false), unpack(more, false)];
  };

  const kindOf = ({ kinds }, entry) => {
    let kind = 0;
    for (let rest = entry; rest >= kinds[kind]; kind += 1) rest -= kinds[kind];
    return kind;
  };

  // Per typed word, each entry's best evidence; a word that few entries have counts more, a name more than a text.
  const weighed = async (read, typed, unfinished) => {
    const best = new Map();
    const found = meanings(read, typed, unfinished);
    const lists = await Promise.all(found.map(([n]) => postings(read, n)));
    lists.forEach(([names, texts, more], i) => {
      const rare = Math.log(1 + read.total / (1 + names.length + texts.length + 0.5 * more.length));
      const weigh = (entries, weight) => {
        for (const [entry, length] of entries) {
          const score = found[i][1] * rare * weight(length);
          if (score > (best.get(entry)?.[0] ?? 0)) best.set(entry, [score, length]);
        }
      };
      weigh(names, (length) => 1.2 + 0.2 / length); // a word is more of a short name
      weigh(texts, () => 1);
      weigh(more, () => 0.3);
    });
    return best;
  };

  // While one word is being typed, those before it mean what they meant.
  const MOST_KEPT = 100;
  const known = new Map();
  const evidence = (read, typed, unfinished) => {
    if (unfinished) return weighed(read, typed, true);
    if (!known.has(typed)) {
      if (known.size >= MOST_KEPT) known.clear();
      const found = weighed(read, typed, false);
      found.catch(() => known.delete(typed));
      known.set(typed, found);
    }
    return known.get(typed);
  };

  const exact = async (read, text) => {
    const name = squeezed(text);
    if (!name) return [];
    const table = await file(`n${crc32(name) % read.names}`);
    return Object.hasOwn(table, name) ? table[name] : [];
  };

  const search = async (text, limit = SHOWN) => {
    const read = await load();
    const all = tokens(text).flatMap((word) => (read.places.has(word) ? [word] : word.split("_").filter(Boolean)));
    const told = all.filter((word) => !STOP.has(word));
    const typed = told.length ? told : all;
    const unfinished = /\S$/.test(text);
    const [named, ...found] = await Promise.all([
      exact(read, text),
      ...typed.map((word, i) => evidence(read, word, unfinished && i === typed.length - 1)),
    ]);
    const scores = new Map();
    for (const best of found) {
      for (const [entry, [score, length]] of best) {
        const [sum, whole] = scores.get(entry) ?? [0, 0];
        scores.set(entry, [sum + score, whole + (length === typed.length)]);
      }
    }
    for (const entry of named) scores.set(entry, [1000, 0]);
    // One word alone is most likely a term; the more words are typed, the less the kind tells.
    const kinds = WEIGHTS.map((weight) => weight ** (1 / typed.length));
    const weigh = (entry, [sum, whole]) => sum * (whole === typed.length ? WHOLE : 1) * kinds[kindOf(read, entry)];
    const ranked = [...scores]
      .map(([entry, score]) => [entry, weigh(entry, score)])
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, limit);
    return Promise.all(ranked.map(async ([entry]) => {
      const [kind, title, address, says] = (await file(`e${Math.floor(entry / read.block)}`))[entry % read.block];
      return { kind: KINDS[kind], title, address: new URL(address, root).href, text: says };
    }));
  };

  globalThis.mi101 = { load, search, tokens, squeezed }; // the dialog takes the first two, tests all
})();
