export { runAsync } from './run-async.js';
export { hashBytes, hashHex, importKey, signBytes, verifyBytes } from './steps.js';
export type {
  CryptoStep,
  CryptoStepResult,
  ImportPublicKeyStep,
  Procedure,
  Sha256HexStep,
  Sha256Step,
  SignStep,
  StepData,
  VerifyStep,
} from './steps.js';
