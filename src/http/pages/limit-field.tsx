// The share of wrong writes that somebody wants to see figures for, where no certificate says it.
interface LimitFieldProps {
  readonly id: string;
  readonly limit: { readonly from: "certificate" | "asked" | "assumed"; readonly share: number };
}

export const LimitField = ({ id, limit }: LimitFieldProps) =>
  limit.from === "certificate" ? null : (
    <div class="field">
      <label for={id}>Limit, as a share (0.05 is 5 %)</label>
      <input
        type="text"
        id={id}
        name="limit"
        inputmode="decimal"
        value={limit.from === "assumed" ? "" : String(limit.share)}
        autocomplete="off"
      />
    </div>
  );
