// Sentences, numbers and amounts in the language of the page. The sentences come from the server, once.

let sentences = {};
const forms = new Map();
export let language = "fr";

/** Speaks from now on in a language, from its sentences by key. */
export function speak(chosen, given) {
  language = chosen;
  sentences = given;
}

/** The sentence behind a key of the workshop's texts, its {fields} filled. */
export function t(key, values = {}) {
  const sentence = sentences[`workshop.${key}`];
  if (sentence === undefined) throw new Error(`no text ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** A screen's name; what B adds to A is not always a call. */
export function screenName(screen, state) {
  return t(screen === "fates" && !state.adds_call ? "screen.fates_without_call" : `screen.${screen}`);
}

/** Why the server did not do what was asked; the detail is one text, or one in each language. */
export function toldBy({ reason, detail }) {
  return t(`told.${reason}`, { detail: typeof detail === "string" ? detail : either(detail) });
}

/** Whether a key has a sentence. */
export function known(key) {
  return `workshop.${key}` in sentences;
}

/** A number and its noun: the sentence holds both forms where they differ, "{n} projet|{n} projets". */
export function count(key, number) {
  const [one, many = one] = t(key, { n: decimal(number) }).split("|");
  const single = language === "fr" ? Math.abs(number) < 2 : number === 1;
  return single ? one : many;
}

/** 1234.5 as « 1 234,5 » or "1,234.5". */
export function decimal(number, digits = 2) {
  return written(number, { maximumFractionDigits: digits });
}

/** A difference with its sign. */
export function signed(number, digits = 1) {
  return written(number, { maximumFractionDigits: digits, signDisplay: "exceptZero" });
}

/** A number in the page's language; forms are kept: making one takes far longer than using it. */
function written(number, form) {
  const key = `${language} ${form.maximumFractionDigits} ${form.signDisplay}`;
  if (!forms.has(key)) forms.set(key, new Intl.NumberFormat(language, form));
  return forms.get(key).format(number).replace("-", "−");
}

/** Thousands of euros: « 882 k€ », « 3,3 M€ ». */
export function money(thousands) {
  const large = Math.abs(thousands) >= 1000;
  return t(large ? "money.millions" : "money.thousands", { amount: decimal(large ? thousands / 1000 : thousands, large ? 1 : 0) });
}

/** A difference of money with its sign. */
export function moneyChange(thousands) {
  return (thousands > 0 ? "+" : "") + money(thousands);
}

/** « 2 ans et 3 mois » */
export function duration(months) {
  const years = Math.floor(months / 12), rest = months % 12;
  if (!years) return count("noun.month", rest);
  if (!rest) return count("noun.year", years);
  return t("years_and_months", { years: count("noun.year", years), months: count("noun.month", rest) });
}

/** « année 3, mois 4 » for a month that has passed. */
export function date(month) {
  if (month <= 0) return t("date.start");
  return month % 12 === 0 ? t("date.years", { years: count("noun.year", month / 12) }) : t("date.after", { time: duration(month) });
}

/** The text of a definition in both languages. */
export function either(both) {
  return both[language] ?? both.fr;
}

/** What a theme is called. */
export function theme(name) {
  return known(`theme.${name}`) ? t(`theme.${name}`) : name.replaceAll("_", " ");
}

/** What somebody typed, kept from changing the direction of the sentence it stands in. */
export function isolated(given) {
  return `\u2068${given}\u2069`;
}

/** A sentence with its first letter raised. */
export function opening(sentence) {
  return sentence.charAt(0).toLocaleUpperCase(language) + sentence.slice(1);
}
