/** What the form of a new topic holds: texts, as they were typed. */
export interface NewTopicForm {
  name: string;
  partitions: string;
  replication: string;
  /** A line name=value for each setting. */
  configs: string;
}

/** What createTopic takes. */
export interface NewTopic {
  name: string;
  partitions?: number;
  replication?: number;
  configs?: Record<string, string>;
}

/** Reads the form. A text says what is wrong with it. */
export function newTopicOf(form: NewTopicForm): NewTopic | string {
  const topic: NewTopic = { name: form.name };
  if (!/^[a-zA-Z0-9._-]{1,249}$/.test(topic.name) || topic.name === "." || topic.name === "..") {
    return "A name has 1 to 249 letters, digits, dots, dashes and underscores.";
  }
  for (const [field, most] of [["partitions", 2 ** 31 - 1], ["replication", 2 ** 15 - 1]] as const) {
    const text = form[field].trim();
    if (text === "") continue;
    if (!/^\d{1,10}$/.test(text) || Number(text) < 1 || Number(text) > most) return `${field === "partitions" ? "Partitions" : "Replicas"}: a number from 1 on was expected.`;
    topic[field] = Number(text);
  }
  const configs: [string, string][] = [];
  for (const line of form.configs.split("\n").map((l) => l.trim()).filter(Boolean)) {
    const at = line.indexOf("=");
    if (at < 1) return `Settings: name=value was expected, and this is “${line}”.`;
    configs.push([line.slice(0, at).trim(), line.slice(at + 1).trim()]);
  }
  if (configs.length > 0) topic.configs = Object.fromEntries(configs);
  return topic;
}
