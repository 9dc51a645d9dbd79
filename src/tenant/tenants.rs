//! The tenants of a process: the default one, and named ones beside it that share nothing.

use std::fmt;
use std::ops::Add;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use dashmap::DashMap;

use super::Tenant;
use super::inspect::Counts;

/// The name of the tenant that is always there.
pub const DEFAULT: &str = "default";

/// The most tenants beside the default one.
pub const MOST_TENANTS: usize = 10_000;

/// The name of a tenant: a label of a host name, so that `{name}.localhost` leads to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantName(Box<str>);

impl TenantName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TenantName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_mark = |byte| byte == b'-' || byte == b'_';
        let fits = (1..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || is_mark(b))
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits {
            return Ok(Self(text.into()));
        }
        Err(format!("{text:?}: expected 1 to 63 lower-case letters, digits, - and _"))
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a tenant cannot be put.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PutError {
    /// There are as many as there may be.
    #[error("there are {MOST_TENANTS} tenants already: delete some")]
    Full,
    /// The host is another tenant's.
    #[error("{0:?}: another tenant has this host")]
    HostTaken(String),
}

/// The tenants of a process. Clones are handles to the same ones.
#[derive(Debug, Clone)]
pub struct Tenants(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    default: RwLock<Tenant>,
    named: DashMap<TenantName, Named>,
    by_host: DashMap<String, TenantName>,
    /// Whether there was ever a named one: the others need not be looked for before.
    any_named: AtomicBool,
}

#[derive(Debug)]
struct Named {
    tenant: Tenant,
    hosts: Vec<String>,
}

impl From<Tenant> for Tenants {
    fn from(default: Tenant) -> Self {
        Self(Arc::new(Inner {
            default: RwLock::new(default),
            named: DashMap::with_shard_amount(4),
            by_host: DashMap::with_shard_amount(4),
            any_named: AtomicBool::new(false),
        }))
    }
}

impl Tenants {
    /// The default tenant.
    pub fn default_tenant(&self) -> Tenant {
        // A handle is exchanged whole, so a poisoned lock holds one.
        self.0.default.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The tenant of that name.
    pub fn get(&self, name: &str) -> Option<Tenant> {
        if name == DEFAULT {
            return Some(self.default_tenant());
        }
        let name = name.parse().ok()?;
        self.0.named.get(&name).map(|named| named.tenant.clone())
    }

    /// Whether a host may lead to another tenant than the default one.
    pub fn has_hosts(&self) -> bool {
        self.0.any_named.load(Ordering::Acquire)
    }

    /// The named tenant that a host name leads to: one of its own hosts, or `{name}.localhost`.
    pub fn at_host(&self, host: &str) -> Option<(TenantName, Tenant)> {
        let of_host = self.0.by_host.get(host).map(|name| name.clone());
        let name = match of_host {
            Some(name) => name,
            None => host.strip_suffix(".localhost")?.parse().ok()?,
        };
        let tenant = self.0.named.get(&name)?.tenant.clone();
        Some((name, tenant))
    }

    /// The names of all tenants and their hosts, the default one first.
    pub fn list(&self) -> Vec<(String, Vec<String>)> {
        let mut named: Vec<_> =
            self.0.named.iter().map(|n| (n.key().to_string(), n.value().hosts.clone())).collect();
        named.sort();
        named.insert(0, (DEFAULT.to_owned(), Vec::new()));
        named
    }

    /// Adds a tenant, or puts it in the place of the one that has the name; whether it is new.
    ///
    /// # Errors
    ///
    /// [`PutError`]; nothing has changed then.
    pub fn put(
        &self,
        name: &TenantName,
        tenant: Tenant,
        hosts: Vec<String>,
    ) -> Result<bool, PutError> {
        let taken = |host: &&String| self.0.by_host.get(*host).is_some_and(|of| *of != *name);
        if let Some(host) = hosts.iter().find(taken) {
            return Err(PutError::HostTaken(host.clone()));
        }
        let is_new = !self.0.named.contains_key(name);
        if is_new && self.0.named.len() >= MOST_TENANTS {
            return Err(PutError::Full);
        }
        self.0.by_host.retain(|_, of| of != name);
        for host in &hosts {
            self.0.by_host.insert(host.clone(), name.clone());
        }
        self.0.named.insert(name.clone(), Named { tenant, hosts });
        self.0.any_named.store(true, Ordering::Release);
        Ok(is_new)
    }

    /// Puts `tenant` in the place of the one that has the name, at the same hosts; whether there is
    /// one.
    pub fn exchange(&self, name: &str, tenant: Tenant) -> bool {
        if name == DEFAULT {
            *self.0.default.write().unwrap_or_else(PoisonError::into_inner) = tenant;
            return true;
        }
        let named = name.parse().ok().and_then(|name| self.0.named.get_mut(&name));
        named.map(|mut named| named.tenant = tenant).is_some()
    }

    /// Removes a named tenant; whether there was one.
    pub fn remove(&self, name: &TenantName) -> bool {
        self.0.by_host.retain(|_, of| of != name);
        self.0.named.remove(name).is_some()
    }

    /// Removes what has expired, in every tenant.
    pub fn sweep(&self) {
        self.all().iter().for_each(Tenant::sweep);
    }

    /// What is alive in all tenants together.
    pub fn counts(&self) -> Counts {
        self.all().iter().map(Tenant::counts).fold(Counts::default(), Counts::add)
    }

    fn all(&self) -> Vec<Tenant> {
        let named = self.0.named.iter().map(|named| named.tenant.clone());
        std::iter::once(self.default_tenant()).chain(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_of_host_names() {
        for name in ["a", "t-1", "test_of_login", "0", &"x".repeat(63)] {
            assert_eq!(name.parse::<TenantName>().unwrap().as_str(), name);
        }
        for name in ["", "A", "a/b", "a.b", "-a", "a-", "\u{e4}", " ", "..", &"x".repeat(64)] {
            assert!(name.parse::<TenantName>().is_err(), "{name}");
        }
    }
}
