// Where the streams and routes that are not under a job's own path are, for a project or one of its jobs.

export const queueUrl = ({ at }) => `${at.url}/queue/events`;

export const activityUrl = ({ at, id }) => `${at.url}/api/projects/${id}/activity`;

/** The public stream of a job as an asset. */
export const assetUrl = ({ project: { at, projectKey }, id }) => `${at.url}/v1/${projectKey}/events/${id}`;

/** The same for who has a credential. */
export const ownAssetUrl = ({ project: { at }, id }) => `${at.url}/api/assets/${id}/events`;
