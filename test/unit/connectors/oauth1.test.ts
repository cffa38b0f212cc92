// The signer by itself; what vendors publish about it is run by npm run vectors.
import { expect, it } from "vitest";
import type { SignableRequest } from "../../../src/connectors/auth.ts";
import { oauth1BaseString, oauth1Header, percentEncode } from "../../../src/connectors/oauth1.ts";

const CREDENTIAL = { consumerKey: "ck", consumerSecret: "c&s", token: "tk", tokenSecret: "t/s" };
const STAMP = { now: 1_764_500_000_999, nonce: "n1" };
const request = (more: Partial<SignableRequest> = {}): SignableRequest => ({
  method: "GET",
  url: "https://shop.example.com/rest/all/V1/orders",
  body: "",
  contentType: null,
  ...more,
});
const sign = (of: SignableRequest, realm?: string) =>
  oauth1Header(of, CREDENTIAL, STAMP, { method: "HMAC-SHA256", ...(realm === undefined ? {} : { realm }) });
const signatureIn = (header: string) => /oauth_signature="([^"]+)"/.exec(header)?.[1];

it("encodes all but RFC 3986's unreserved characters", () => {
  expect(percentEncode("aZ0-._~ !'()*+/ü")).toBe("aZ0-._~%20%21%27%28%29%2A%2B%2F%C3%BC");
});

it("signs a form and no JSON body", () => {
  const url = "https://shop.example.com/request";
  const form = { method: "POST", url, contentType: "application/x-www-form-urlencoded; charset=utf-8" };
  const json = { method: "POST", url, contentType: "application/json; charset=utf-8" };
  expect(sign(request({ ...form, body: "a=1" }))).not.toBe(sign(request({ ...form, body: "a=2" })));
  expect(sign(request({ ...json, body: '{"a":1}' }))).toBe(sign(request({ ...json, body: '{"a":2}' })));
});

it("signs brackets and blanks alike, whether the address has them encoded or not", () => {
  const plain = request({ url: "https://shop.example.com/o?searchCriteria[value]=2026-11-20 10:00:00&b=%zz" });
  const encoded = request({ url: "https://SHOP.example.com:443/o?b=%25zz&searchCriteria%5Bvalue%5D=2026-11-20+10%3A00%3A00" });
  expect(oauth1BaseString(plain, {})).toBe(oauth1BaseString(encoded, {}));
});

it("sorts by encoded names and then values, and keeps what is repeated", () => {
  const [, , parameters] = oauth1BaseString(request({ url: "https://h.example/?b=2&b=10&a_=1&a=1&c&b=2" }), {}).split("&");
  expect(decodeURIComponent(parameters ?? "")).toBe("a=1&a_=1&b=10&b=2&b=2&c=");
});

it("has the realm in the header and not under the signature, and its timestamp in whole seconds", () => {
  const with_ = sign(request(), "123456_SB1");
  expect(with_).toMatch(/^OAuth realm="123456_SB1", oauth_consumer_key="ck"/);
  expect(signatureIn(with_)).toBe(signatureIn(sign(request())));
  expect(with_).toContain('oauth_timestamp="1764500000"');
});

it("gives another signature for another nonce, method, path, query and secret", () => {
  const signatures = [
    sign(request()),
    sign(request({ method: "POST" })),
    sign(request({ url: "https://shop.example.com/rest/all/V1/order" })),
    sign(request({ url: "https://shop.example.com/rest/all/V1/orders?a=1" })),
    oauth1Header(request(), CREDENTIAL, { ...STAMP, nonce: "n2" }, { method: "HMAC-SHA256" }),
    oauth1Header(request(), CREDENTIAL, STAMP, { method: "HMAC-SHA1" }),
    oauth1Header(request(), { ...CREDENTIAL, tokenSecret: "t" }, STAMP, { method: "HMAC-SHA256" }),
  ].map(signatureIn);
  expect(new Set(signatures).size).toBe(signatures.length);
});
