// A lead as this workflow sees it, and whether somebody who is known already is the same person. Pure.
// It must not decide that two are one: it names who looks like it, and a person merges them.

export interface Person {
  readonly id: string;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
}

/** Providers of mailboxes for everybody: their domain says nothing about a company. The largest of Europe and America; add your market's. */
const PRIVATE_MAIL = new Set([
  "aol.com",
  "free.fr",
  "gmail.com",
  "gmx.at",
  "gmx.de",
  "gmx.net",
  "googlemail.com",
  "hotmail.com",
  "icloud.com",
  "laposte.net",
  "libero.it",
  "live.com",
  "me.com",
  "msn.com",
  "orange.fr",
  "outlook.com",
  "proton.me",
  "protonmail.com",
  "t-online.de",
  "web.de",
  "wp.pl",
  "yahoo.com",
]);

const folded = (text: string | null): string => (text ?? "").normalize("NFKC").trim().toLowerCase();

/** The company's domain, or null where the mailbox is a private one or there is none. */
export function companyDomain(email: string | null): string | null {
  const domain = folded(email).split("@")[1];
  return domain && !PRIVATE_MAIL.has(domain) ? domain : null;
}

export const mailboxOf = ({ email }: Person): "private" | "company" | null =>
  email === null ? null : companyDomain(email) === null ? "private" : "company";

/** What of the lead is masked wherever it stands in a text. */
export const knownFrom = ({ email, firstName, lastName }: Person) => ({
  person: firstName !== null && lastName !== null ? [`${firstName} ${lastName}`] : [],
  email: email === null ? [] : [email],
});

/** "kim+shop@x.example" is read where "kim@x.example" is. */
function mailbox(email: string | null): string {
  const [name = "", domain = ""] = folded(email).split("@");
  return domain === "" ? "" : `${name.split("+")[0]}@${domain}`;
}

export interface Acquaintances {
  /** Who may be the same person. */
  readonly duplicates: readonly string[];
  /** Others at the same company. */
  readonly colleagues: readonly string[];
}

/** `others`: whoever the CRM has found by the domain or the name. The same mailbox is the same person; so is the same full name at the same company. */
export function decideAcquaintances(lead: Person, others: readonly Person[]): Acquaintances {
  const domain = companyDomain(lead.email);
  const fullName = (person: Person) =>
    person.firstName && person.lastName ? `${folded(person.firstName)} ${folded(person.lastName)}` : null;
  const isSame = (other: Person) => {
    if (mailbox(lead.email) !== "" && mailbox(other.email) === mailbox(lead.email)) return true;
    return domain !== null && companyDomain(other.email) === domain && fullName(lead) !== null && fullName(other) === fullName(lead);
  };
  const known = others.filter(({ id }) => id !== lead.id);
  return {
    duplicates: known.filter(isSame).map(({ id }) => id),
    colleagues: known.filter((other) => !isSame(other) && domain !== null && companyDomain(other.email) === domain).map(({ id }) => id),
  };
}
