// The types of Express 5 do for what is used here.
declare module 'express4' {
  export { default } from 'express';
}
