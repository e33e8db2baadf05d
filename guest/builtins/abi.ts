// Generated from the crate holm-host-api by `cargo xtask guest`; do not edit.

export const BUNDLE = '/bundle';
export const BUNDLE_FD = 1073741824;

export const enum EventKind {
  Load = 1,
  Request = 2,
  Scheduled = 3,
  Done = 4,
  Wake = 5,
  Cancel = 6,
}

export const enum LoadMode {
  Image = 0,
  Script = 1,
  Inline = 2,
  Execution = 3,
}

export const enum ModuleFormat {
  Esm = 0,
  CommonJs = 1,
  Json = 2,
  Text = 3,
  Bytes = 4,
  Script = 5,
}

export const enum Completion {
  Failed = 0,
  Head = 1,
  Chunk = 2,
  End = 3,
  Written = 4,
}

export const enum Failure {
  Denied = 1,
  Limit = 2,
  Network = 3,
  Timeout = 4,
  Invalid = 5,
  Aborted = 6,
}

export const enum EffectKind {
  Fetch = 1,
  Read = 2,
  Write = 3,
  Close = 4,
  Abort = 5,
  WakeAt = 6,
  Log = 7,
  Respond = 8,
  Loaded = 9,
  Finish = 10,
  Threw = 11,
}

export const enum Handler {
  Fetch = 1,
  Scheduled = 2,
}

export const enum Redirect {
  Follow = 0,
  Error = 1,
  Manual = 2,
}

export const enum Stream {
  Debug = 0,
  Info = 1,
  Warn = 2,
  Error = 3,
  Stdout = 4,
  Stderr = 5,
}

export const enum Pure {
  UrlParse = 1,
  UrlSet = 2,
  Digest = 3,
  DigestUpdate = 4,
  DigestFinish = 5,
  Hmac = 6,
  Pbkdf2 = 7,
  Hkdf = 8,
  Scrypt = 9,
  Cipher = 10,
  Ghash = 11,
  Poly1305 = 12,
  CurvePublic = 13,
  CurvePoint = 14,
  CurveSign = 15,
  CurveVerify = 16,
  CurveAgree = 17,
  Power = 18,
  Prime = 19,
  IsPrime = 20,
  EncodingName = 21,
  Decode = 22,
  IntlData = 40,
  LanguageTag = 41,
  TimeZoneName = 42,
  TimeZoneAt = 43,
  Collate = 44,
  Segment = 45,
  LocaleCase = 46,
}

export const enum CipherMode {
  EcbEncrypt = 0,
  EcbDecrypt = 1,
  CbcEncrypt = 2,
  CbcDecrypt = 3,
  Ctr = 4,
  KeyWrap = 5,
  KeyUnwrap = 6,
  ChaCha20 = 7,
  TripleDesCbcEncrypt = 8,
  TripleDesCbcDecrypt = 9,
}

export const enum TagWork {
  Canonicalize = 0,
  Maximize = 1,
  Minimize = 2,
}

export const enum UrlPart {
  Href = 0,
  Protocol = 1,
  Username = 2,
  Password = 3,
  Host = 4,
  Hostname = 5,
  Port = 6,
  Pathname = 7,
  Search = 8,
  Hash = 9,
}

export const enum Refusal {
  Frozen = -1,
  TooManyOperations = -2,
  TooManyTimers = -3,
  Malformed = -4,
  State = -5,
}
