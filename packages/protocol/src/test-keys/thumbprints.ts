/**
 * RFC 7638 SHA-256 thumbprints, base64url, of P-256 keys whose private half is public: those of this project's vectors and demonstrations, and the
 * example keys of well-known standards.
 */
export const TEST_KEY_THUMBPRINTS: readonly string[] = [
  // RFC 7515 appendix A.3
  'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U',
  // RFC 7517 appendix A.2
  'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s',
  // RFC 6979 appendix A.2.5
  'DOvxvJiAdIqVWIkFt5hDtCunXLF0BV4-JGv4f-ALSm0',
  // The private scalar 1: the base point itself
  'xx0BcA-wMohw8atYDJOe6peGModklG2wRHBlXHMvl0M',
  // The keys of the conformance vectors
  'mRcbSQv5cRnk_wtGFW21BfOVdIiBEizH5WcFF6YDrQM',
  'b9yknVzZoya1cAM4b2RHjWufiopBmOZkFAoffPP0zKw',
  'fwh19RNng1Kp3k0yUuoIP6inRud6kvbBHhI8OCf5IZY',
  'nBz9-ODjsRvdZ4zoH-1ChjJdiqADrrtsSELgAMptig8',
  '4UsygBZnRkCmR7YmwCJnvrHk3GjDgtJkvoTMgwQNhGM',
  'dl70YAjaRPFdhJppEiO1705bW_udoRRNXCeiy9zwxcs',
  '1TKdI8Em36WVG90yi1Iei6y4YmNusKXF0IVr3jy-dSE',
  'slGJTYrvLvbGhZDMGt6tv_zmwUFDZ0M7MsdR9-MMExM',
  'dJNfEsmIoBzXX5pXBoiQZH_C8LQVYFHA89h7EqID4OY',
];
