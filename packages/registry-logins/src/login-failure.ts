/** Why a cloud gives no login, by a short name: what it says itself is not passed on, for it may quote. */
export class LoginFailure extends Error {
  constructor(name: string) {
    super("The cloud gave no login");
    this.name = name;
  }
}
