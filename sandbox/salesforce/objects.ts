// What the stand-in's objects are: which fields, of which type, who may write them. A describe call answers it, and every write and query is held against it.

export interface FieldSpec {
  readonly type: string;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly values?: readonly string[];
  readonly restricted?: boolean;
  readonly required?: boolean;
  readonly defaulted?: unknown;
  readonly referenceTo?: readonly string[];
  readonly externalId?: boolean;
  readonly readOnly?: boolean;
  /** Long texts: SOQL does not take them in a condition. */
  readonly unfilterable?: boolean;
}

export interface ObjectSpec {
  readonly prefix: string;
  readonly readOnly?: boolean;
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

const text = (length: number, more: Partial<FieldSpec> = {}): FieldSpec => ({ type: "string", length, ...more });
const long = (length: number, more: Partial<FieldSpec> = {}): FieldSpec => ({ type: "textarea", length, unfilterable: true, ...more });
const pick = (values: readonly string[], more: Partial<FieldSpec> = {}): FieldSpec => ({ type: "picklist", length: 255, values, ...more });
const reference = (...referenceTo: string[]): FieldSpec => ({ type: "reference", length: 18, referenceTo });

const system: Readonly<Record<string, FieldSpec>> = {
  Id: { type: "id", length: 18, readOnly: true },
  IsDeleted: { type: "boolean", readOnly: true },
  CreatedDate: { type: "datetime", readOnly: true },
  CreatedById: { ...reference("User"), readOnly: true },
  LastModifiedDate: { type: "datetime", readOnly: true },
  LastModifiedById: { ...reference("User"), readOnly: true },
  SystemModstamp: { type: "datetime", readOnly: true },
};
const without = <T>(fields: Readonly<Record<string, T>>, name: string): Record<string, T> =>
  Object.fromEntries(Object.entries(fields).filter(([field]) => field !== name));
const owner = reference("User", "Group");
const key = text(255);
const id: FieldSpec = { type: "id", length: 18, readOnly: true };

export const OBJECTS: Readonly<Record<string, ObjectSpec>> = {
  Organization: { prefix: "00D", readOnly: true, fields: { Id: id, Name: text(80), IsSandbox: { type: "boolean" } } },
  User: { prefix: "005", readOnly: true, fields: { Id: id, Username: text(80), Name: text(121), IsActive: { type: "boolean" } } },
  Group: { prefix: "00G", readOnly: true, fields: { Id: id, DeveloperName: text(80), Name: text(40), Type: pick(["Queue", "Regular"]) } },
  Case: {
    prefix: "500",
    fields: {
      ...system,
      CaseNumber: text(30, { readOnly: true }),
      Subject: text(255),
      Description: long(32_000),
      Status: pick(["New", "Working", "Escalated", "Closed"], { defaulted: "New" }),
      Priority: pick(["High", "Medium", "Low"], { defaulted: "Medium", restricted: true }),
      OwnerId: { ...owner, defaulted: "user" },
      Tier__c: pick(["Gold", "Silver", "Free"], { restricted: true }),
      AI_Summary__c: long(2_000),
      Interlock_Key__c: key,
    },
  },
  Lead: {
    prefix: "00Q",
    fields: {
      ...system,
      FirstName: text(40),
      LastName: text(80, { required: true }),
      Company: text(255, { required: true }),
      Email: { type: "email", length: 80 },
      Phone: { type: "phone", length: 40 },
      Title: text(128),
      Country: text(80),
      NumberOfEmployees: { type: "int" },
      Description: long(32_000),
      LeadSource: pick(["Web", "Phone Inquiry", "Partner Referral", "Other"]),
      IsConverted: { type: "boolean", readOnly: true },
      Status: pick(["Open - Not Contacted", "Working - Contacted", "Closed - Not Converted"], { defaulted: "Open - Not Contacted" }),
      Rating: pick(["Hot", "Warm", "Cold"]),
      OwnerId: { ...owner, defaulted: "user" },
      AI_Score__c: { type: "double", precision: 5, scale: 2 },
      Next_Call__c: { type: "datetime" },
      Ext_Id__c: text(60, { externalId: true }),
      Interlock_Key__c: key,
    },
  },
  Invoice__c: {
    prefix: "a01",
    fields: {
      ...system,
      Name: text(80),
      OwnerId: { ...owner, defaulted: "user" },
      Total__c: { type: "currency", precision: 18, scale: 2 },
      Paid__c: { type: "boolean", defaulted: false },
      Due__c: { type: "date" },
      Tags__c: { type: "multipicklist", length: 4_099, values: ["late", "large", "disputed"], restricted: true },
      Case__c: reference("Case"),
      Ext_Id__c: text(60, { externalId: true }),
      Interlock_Key__c: key,
    },
  },
  // No field of ours: an administrator forgot it.
  Contact: {
    prefix: "003",
    fields: { ...system, FirstName: text(40), LastName: text(80, { required: true }), OwnerId: { ...owner, defaulted: "user" } },
  },
  Account: {
    prefix: "001",
    fields: { ...system, Name: text(255, { required: true }), OwnerId: { ...owner, defaulted: "user" }, Interlock_Key__c: key },
  },
  Opportunity: {
    prefix: "006",
    fields: { ...system, Name: text(120, { required: true }), OwnerId: { ...owner, defaulted: "user" }, Interlock_Key__c: key },
  },
  CaseComment: {
    prefix: "00a",
    fields: {
      ...system,
      ParentId: { ...reference("Case"), required: true },
      CommentBody: long(4_000),
      IsPublished: { type: "boolean", defaulted: false },
    },
  },
  // No LastModifiedById: the vendor's posts have a field of their own for whoever edited them.
  FeedItem: {
    prefix: "0D5",
    fields: {
      ...without(system, "LastModifiedById"),
      LastEditById: { ...reference("User"), readOnly: true },
      ParentId: { ...reference("Case", "Lead", "Invoice__c"), required: true },
      Body: long(10_000),
    },
  },
  Task: {
    prefix: "00T",
    fields: {
      ...system,
      WhoId: reference("Lead", "Contact"),
      WhatId: reference("Case", "Account", "Opportunity", "Invoice__c"),
      Subject: { type: "combobox", length: 255 },
      Description: long(32_000),
      ActivityDate: { type: "date" },
      Status: pick(["Not Started", "In Progress", "Completed"], { defaulted: "Not Started" }),
      Priority: pick(["High", "Normal", "Low"], { defaulted: "Normal" }),
      OwnerId: { ...owner, defaulted: "user" },
    },
  },
};

/** As the vendor's describe call answers, restricted to what a client reads of it. */
export function description(name: string, { prefix, readOnly, fields }: ObjectSpec): object {
  return {
    name,
    label: name,
    custom: name.endsWith("__c"),
    keyPrefix: prefix,
    queryable: true,
    createable: !readOnly,
    updateable: !readOnly,
    deletable: !readOnly,
    fields: Object.entries(fields).map(([field, spec]) => ({
      name: field,
      label: field.replace(/__c$/, "").replace(/_/g, " "),
      type: spec.type,
      length: spec.length ?? 0,
      digits: 0,
      precision: spec.precision ?? 0,
      scale: spec.scale ?? 0,
      createable: !readOnly && !spec.readOnly,
      updateable: !readOnly && !spec.readOnly && !(name === "CaseComment" && field === "ParentId"),
      nillable: !spec.required && spec.type !== "boolean" && spec.defaulted === undefined,
      defaultedOnCreate: spec.defaulted !== undefined || spec.type === "boolean",
      filterable: !spec.unfilterable,
      externalId: spec.externalId ?? false,
      idLookup: spec.externalId ?? field === "Id",
      restrictedPicklist: spec.restricted ?? false,
      picklistValues: (spec.values ?? []).map((value) => ({ value, label: value, active: true, defaultValue: value === spec.defaulted })),
      referenceTo: spec.referenceTo ?? [],
    })),
  };
}
