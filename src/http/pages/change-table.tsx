// A change as a table, field by field: before and after, or only the content where the system has nothing to read beforehand (a message), or where nothing
// is written (the facts of a question).
import type { JsonObject } from "../../core/json.ts";
import { sameJson } from "../../core/json.ts";
import { Value } from "./marks.tsx";

export interface ChangeTableProps {
  readonly caption: string;
  readonly before: JsonObject | null;
  readonly values: JsonObject;
  /** What the second column is called: what will be written, was written, or was proposed. */
  readonly after?: string;
  readonly first?: string;
  /** What a row's name is called. */
  readonly field?: string;
}

export const ChangeTable = ({ caption, before, values, after = "After", first = "Before", field: name = "Field" }: ChangeTableProps) => {
  const looked = before !== null && Object.keys(before).length > 0;
  return (
    <table class="change">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{name}</th>
          {looked ? <th scope="col">{first}</th> : null}
          <th scope="col">{looked ? after : "Content"}</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(values).map(([field, value]) => {
          const same = looked && sameJson(before[field] ?? null, value);
          return (
            <tr class={same ? "same" : undefined}>
              <th scope="row">{field}</th>
              {looked ? (
                <td class="before">
                  <Value value={before[field]} />
                </td>
              ) : null}
              <td class="after">
                <Value value={value} />
                {same ? <span class="quiet small"> unchanged</span> : null}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
};
