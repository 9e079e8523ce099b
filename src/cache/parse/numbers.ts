/** Numbers as digits, whatever way they are written. */
const UNITS: ReadonlyMap<string, number> = new Map(
  (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
    "eighteen nineteen"
  )
    .split(" ")
    .map((word, value) => [word, value] as const),
);
const TENS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    twenty: 20,
    thirty: 30,
    forty: 40,
    fourty: 40,
    fifty: 50,
    sixty: 60,
    seventy: 70,
    eighty: 80,
    ninety: 90,
  }),
);
const SCALES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    hundred: 100,
    thousand: 1_000,
    million: 1_000_000,
    billion: 1_000_000_000,
    trillion: 1_000_000_000_000,
  }),
);
const ORDINALS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    first: 1,
    second: 2,
    third: 3,
    fourth: 4,
    fifth: 5,
    sixth: 6,
    seventh: 7,
    eighth: 8,
    ninth: 9,
    tenth: 10,
    eleventh: 11,
    twelfth: 12,
    thirteenth: 13,
    fourteenth: 14,
    fifteenth: 15,
    sixteenth: 16,
    seventeenth: 17,
    eighteenth: 18,
    nineteenth: 19,
    twentieth: 20,
    thirtieth: 30,
    fortieth: 40,
    fiftieth: 50,
    hundredth: 100,
  }),
);
const MONTHS = "january february march april may june july august september october november december".split(" ");

/** Unit abbreviations, read as such only behind a number. */
const UNIT_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    km: "kilometer",
    kms: "kilometer",
    cm: "centimeter",
    mm: "millimeter",
    m: "meter",
    mi: "mile",
    ft: "foot",
    yd: "yard",
    kg: "kilogram",
    kgs: "kilogram",
    kilo: "kilogram",
    kilos: "kilogram",
    g: "gram",
    gr: "gram",
    mg: "milligram",
    oz: "ounce",
    l: "liter",
    ml: "milliliter",
    cl: "centiliter",
    gal: "gallon",
    h: "hour",
    hr: "hour",
    hrs: "hour",
    min: "minute",
    mins: "minute",
    s: "second-time",
    sec: "second-time",
    secs: "second-time",
    second: "second-time",
    seconds: "second-time",
    ms: "millisecond",
    mph: "mph",
    kph: "kph",
    kmh: "kph",
    yrs: "year",
    yr: "year",
    wks: "week",
    "%": "percent",
    "°c": "celsius",
    "°f": "fahrenheit",
    dollars: "$",
    dollar: "$",
    euros: "€",
    euro: "€",
    eur: "€",
    yen: "¥",
  }),
);

/** The words of a sentence with each number written in digits and each unit behind a number in full. */
export function oneNumberFormat(words: readonly string[]): string[] {
  return dates(units(digits(words)));
}

function digits(words: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < words.length; ) {
    const run = cardinal(words, i);
    if (run) {
      out.push(run.text);
      i = run.next;
    } else {
      out.push(written(words[i]!));
      i += 1;
    }
  }
  return out;
}

/** A run of number words from `start`: "two hundred and five", "twenty first", "3 million". */
function cardinal(words: readonly string[], start: number): { text: string; next: number } | undefined {
  let total = 0;
  let current = 0;
  let i = start;
  let seen = false;
  for (; i < words.length; i++) {
    const word = words[i]!;
    const scale = SCALES.get(word);
    const ordinal = ORDINALS.get(word);
    if (UNITS.has(word) && (!seen || current % 10 === 0) && !(seen && UNITS.get(word)! > 9 && current % 100 !== 0)) {
      current += UNITS.get(word)!;
    } else if (TENS.has(word) && (!seen || current % 100 === 0)) current += TENS.get(word)!;
    else if (scale === 100 && seen) current = (current || 1) * 100;
    else if (scale && seen) {
      total += (current || 1) * scale;
      current = 0;
    } else if (scale && !seen && /^\d+(\.\d+)?$/.test(words[start - 1] ?? "")) return undefined;
    else if (ordinal && ordinal < 10 && seen && current % 10 === 0 && current > 0) {
      return { text: nth(total + current + ordinal), next: i + 1 };
    } else if (
      !(
        word === "and" &&
        seen &&
        words[i - 1] === "hundred" &&
        (UNITS.has(words[i + 1] ?? "") || TENS.has(words[i + 1] ?? ""))
      )
    )
      break;
    seen = true;
  }
  return seen ? { text: String(total + current), next: i } : undefined;
}

function written(word: string): string {
  const ordinal = ORDINALS.get(word);
  // "second" is a unit of time or an ordinal: the number before it decides, later.
  if (ordinal && word !== "second") return nth(ordinal);
  if (/^\d+(st|nd|rd|th)$/.test(word)) return nth(Number.parseInt(word, 10));
  const plain = word.replace(
    /^([+-]?\d{1,3})((?:,\d{3})+)(?=$|\.)/,
    (_, a: string, b: string) => a + b.replaceAll(",", ""),
  );
  const thousands = /^(\d+(?:\.\d+)?)k$/.exec(plain);
  if (thousands) return String(Number(thousands[1]) * 1_000);
  return /^\d+\.\d*0$/.test(plain) && !/^\d+\.\d+\.\d/.test(plain) && plain.startsWith("0.")
    ? plain.replace(/0+$/, "")
    : plain;
}

function units(words: readonly string[]): string[] {
  const out: string[] = [];
  for (const [i, word] of words.entries()) {
    const before = out.at(-1) ?? "";
    const isNumber = /^[+-]?\d[\d.]*$/.test(before);
    if (isNumber && UNIT_NAMES.get(word)) out.push(UNIT_NAMES.get(word)!);
    else if (isNumber && SCALES.get(word)) out.push(String(Number(out.pop()) * SCALES.get(word)!));
    else if (word === "second" && !isNumber) out.push(nth(2));
    else if (word === "seconds") out.push("second-time");
    else if (word === "degrees" && /^(c|f|celsius|fahrenheit)$/.test(words[i + 1] ?? "")) continue;
    else if (word === "c" && words[i - 1] === "degrees") out.push("celsius");
    else if (word === "f" && words[i - 1] === "degrees") out.push("fahrenheit");
    else out.push(word);
  }
  return out;
}

/** "3 March", "March 3rd", "the 3rd of March": day before month. */
function dates(words: readonly string[]): string[] {
  const out = [...words];
  for (let i = 0; i < out.length; i++) {
    if (!MONTHS.includes(out[i]!)) continue;
    const after = day(out[i + 1]);
    if (after && day(out[i - 1]) === undefined && !(out[i - 1] === "of")) out.splice(i, 2, after, out[i]!);
    else if (out[i - 1] === "of" && day(out[i - 2])) out.splice(i - 2, 3, day(out[i - 2])!, out[i]!);
    else if (day(out[i - 1])) out[i - 1] = day(out[i - 1])!;
  }
  return out;
}

function day(word: string | undefined): string | undefined {
  const found = /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(word ?? "");
  return found && Number(found[1]) <= 31 ? found[1] : undefined;
}

function nth(value: number): string {
  const teen = value % 100 >= 11 && value % 100 <= 13;
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][value % 10] ?? "th");
  return `${value}${ending}`;
}
