/** What a client may want to do, in words, and the APIs that it takes: all of them. */
const needs: readonly [words: string, ...apis: string[]][] = [
  ["read records", "Fetch", "ListOffsets"],
  ["produce records", "Produce"],
  ["create topics", "CreateTopics"],
  ["add partitions", "CreatePartitions"],
  ["delete topics", "DeleteTopics"],
  ["see settings", "DescribeConfigs"],
  ["see groups", "ListGroups", "OffsetFetch"],
  ["commit offsets", "OffsetCommit"],
  ["delete groups", "DeleteGroups"],
  ["see disks", "DescribeLogDirs"],
];

export interface Right {
  words: string;
  allowed: boolean;
}

/** What may be done with APIs; null: with all. */
export function rightsOf(apis: readonly string[] | null): Right[] {
  return needs.map(([words, ...names]) => ({ words, allowed: apis === null || names.every((n) => apis.includes(n)) }));
}
