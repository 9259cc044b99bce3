//! `navigator.credentials`, by its JSON (WebAuthn level 3 §5.1.8 to 5.1.10): no byte of a credential is read
//! or written here.

use js_sys::{Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Why the browser gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It knows no passkeys, or not at this address.
    Unsupported,
    /// The person said no, or took too long, or nothing there fits.
    Dismissed,
    /// The authenticator is enrolled already.
    Already,
}

/// Makes a credential.
pub async fn create(options: &serde_json::Value) -> Result<String, Failure> {
    ceremony("parseCreationOptionsFromJSON", "create", options).await
}

/// Signs with one.
pub async fn get(options: &serde_json::Value) -> Result<String, Failure> {
    ceremony("parseRequestOptionsFromJSON", "get", options).await
}

async fn ceremony(parse: &str, verb: &str, options: &serde_json::Value) -> Result<String, Failure> {
    let unsupported = |_| Failure::Unsupported;
    let window: JsValue = crate::page::window().into();
    let options = JSON::parse(&options.to_string()).map_err(unsupported)?;
    let options = call(&member(&window, "PublicKeyCredential")?, parse, &[options]).map_err(unsupported)?;
    let asked = Object::new();
    Reflect::set(&asked, &"publicKey".into(), &options).map_err(unsupported)?;
    let credentials = member(&member(&window, "navigator")?, "credentials")?;
    let promise: Promise =
        call(&credentials, verb, &[asked.into()]).map_err(failure)?.dyn_into().map_err(unsupported)?;
    let credential = JsFuture::from(promise).await.map_err(failure)?;
    let json = call(&credential, "toJSON", &[]).map_err(unsupported)?;
    JSON::stringify(&json).map(String::from).map_err(unsupported)
}

fn member(object: &JsValue, name: &str) -> Result<JsValue, Failure> {
    let member = Reflect::get(object, &name.into()).map_err(|_| Failure::Unsupported)?;
    if member.is_undefined() || member.is_null() { Err(Failure::Unsupported) } else { Ok(member) }
}

fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(object, &name.into())?.dyn_into()?;
    function.apply(object, &arguments.iter().collect::<js_sys::Array>())
}

/// By the name of the `DOMException`.
fn failure(error: JsValue) -> Failure {
    let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "InvalidStateError" => Failure::Already,
        "SecurityError" | "NotSupportedError" | "TypeError" => Failure::Unsupported,
        _ => Failure::Dismissed,
    }
}
