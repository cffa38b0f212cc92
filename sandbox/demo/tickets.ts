// The tickets that the demo's customers write. Plain ones are expected to be routed by themselves; vague ones must be asked; a privacy request is always
// asked; one arrives twice and one with a forged signature.
export interface DemoTicket {
  readonly name: string;
  readonly subject: string;
  readonly description: string;
  readonly deliver?: "once" | "twice" | "bad-signature";
  /** What must become of it: routed without a person, asked first, or never started. */
  readonly expect: "automatic" | "asked" | "refused";
}

export const demoTickets: readonly DemoTicket[] = [
  {
    name: "double charge",
    subject: "Charged twice for my subscription",
    description: "My credit card was charged twice this month for the same subscription invoice. Please refund the second payment.",
    expect: "automatic",
  },
  {
    name: "lost parcel",
    subject: "Where is my parcel?",
    description:
      "The tracking has not moved for six days and the courier says the parcel was never handed over. When will my order be delivered?",
    deliver: "twice",
    expect: "automatic",
  },
  {
    name: "broken firmware",
    subject: "Speaker does not connect to wifi since the firmware update",
    description:
      "Since the last firmware update my speaker no longer connects to the wifi network. I reset it twice and reinstalled the app, the light keeps blinking.",
    expect: "automatic",
  },
  {
    name: "wrong size",
    subject: "Return label for headphones",
    description:
      "I would like to send the headphones back within the 30 days, they do not fit. Please send me a return label and tell me when I get the refund for the return.",
    expect: "automatic",
  },
  {
    name: "locked out",
    subject: "Cannot log in, password reset mail does not arrive",
    description:
      "I cannot log in to my account any more. I asked for a password reset three times and the email never arrives, please unlock my account.",
    expect: "automatic",
  },
  {
    name: "erasure",
    subject: "Please delete all my personal data",
    description: "Under the GDPR I ask you to erase all personal data that you hold about me and to confirm the deletion in writing.",
    expect: "asked",
  },
  {
    name: "vague",
    subject: "Hello",
    description: "It is still not working as you promised. Can somebody call me?",
    expect: "asked",
  },
  {
    name: "two problems",
    subject: "Several things",
    description: "Something about my last order and also the thing with the website. Thanks in advance for your help.",
    expect: "asked",
  },
  {
    name: "not for us",
    subject: "Partnership proposal",
    description: "We would love to tell your marketing people about our influencer platform next week.",
    expect: "asked",
  },
  {
    name: "forged",
    subject: "Change the bank account for refunds",
    description: "Please send all refunds to this new bank account from now on.",
    deliver: "bad-signature",
    expect: "refused",
  },
];
