export { PROFILE_CREATED_KEY, PROFILE_KEYS } from './members.js';
export type { Binding, Context, Hello, PassportMember, ProfileMembers } from './members.js';
export { addProfile, hasReservedMember, isReservedMember, takeProfile } from './profile.js';
export type { TakenProfile } from './profile.js';
