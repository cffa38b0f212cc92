// The answers that ticket triage may give. Changing a label changes what the model is asked and what it was measured on.

/** Who solves the ticket. privacy handles data-protection requests: erasure, access, consent. */
export const TEAMS = ["billing", "shipping", "returns", "technical", "account", "privacy"] as const;
export type Team = (typeof TEAMS)[number];

/**
 * urgent: danger to people, security, an outage, fraud, or a legal deadline.
 * high: the customer is blocked, angry, or needs it by a date.
 * normal: an ordinary request. low: a question or a suggestion.
 */
export const PRIORITIES = ["low", "normal", "high", "urgent"] as const;
export type Priority = (typeof PRIORITIES)[number];
