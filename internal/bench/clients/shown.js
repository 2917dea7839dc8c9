/** How long the page stays, in milliseconds: browsers keep what they have compiled only after a while. */
const stay = 2000;

/** Tells when the page had shown the first record, and loads it again. */
export async function tell(shown) {
  await new Promise((resolve) => setTimeout(resolve, stay));
  await fetch("/shown", { method: "POST", body: JSON.stringify({ shown }) });
  location.reload();
}
