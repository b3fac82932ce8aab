// What differs between two texts, line by line: "- " was expected, "+ " was received, two spaces are the same in both.

const Context = 3;

// Comparing costs the product of both lengths; beyond this many lines whole blocks are shown instead.
const MaxLines = 1000;
const MaxShown = 200;

export function diffLines(expected, received) {
  const before = expected.split("\n");
  const after = received.split("\n");
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) {
    start++;
  }

  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) {
    end++;
  }

  const changes = compare(before.slice(start, before.length - end), after.slice(start, after.length - end));
  const same = line => `  ${line}`;
  const lines = [...before.slice(0, start).map(same), ...changes, ...before.slice(before.length - end).map(same)];
  return shorten(lines).join("\n");
}

// The longest common subsequence, by the table everybody knows.
function compare(before, after) {
  if (before.length > MaxLines || after.length > MaxLines) {
    return [...before.map(line => `- ${line}`), ...after.map(line => `+ ${line}`)];
  }

  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i][j] = before[i] === after[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }

  const lines = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push(`  ${before[i++]}`);
      j++;
    } else if (i < before.length && (j === after.length || lengths[i + 1][j] >= lengths[i][j + 1])) {
      lines.push(`- ${before[i++]}`);
    } else {
      lines.push(`+ ${after[j++]}`);
    }
  }

  return lines;
}

// Keeps what differs and a little around it.
function shorten(lines) {
  const isChange = line => !line.startsWith("  ");
  const isNear = lines.map((_, index) => lines.slice(Math.max(0, index - Context), index + Context + 1).some(isChange));
  const kept = [];
  let hidden = 0;
  const announce = () => {
    if (hidden > 0) {
      kept.push(`  … ${hidden} equal line${hidden === 1 ? "" : "s"}`);
      hidden = 0;
    }
  };

  for (const [index, line] of lines.entries()) {
    if (isNear[index]) {
      announce();
      kept.push(line);
    } else {
      hidden++;
    }
  }

  announce();
  return kept.length > MaxShown ? [...kept.slice(0, MaxShown), `  … ${kept.length - MaxShown} more lines`] : kept;
}
