//! The vocabulary in which a resource kind is described: its sources, its
//! fields and its links to other kinds.
//!
//! Everything that reads, stores, types or documents resources is driven by
//! these descriptions. Nothing here knows a particular kind; those are in
//! [`record`](super::record), one file each.

use super::record::Kind;

/// One kind of resource, as its owner's API describes it.
#[derive(Debug)]
pub struct KindSpec {
    /// Kebab-case noun, as rules name it: `vpc-endpoint`.
    pub name: &'static str,
    /// The variable that a rule's expressions use for it: `endpoint`.
    pub variable: &'static str,
    /// CloudFormation type, or the nearest made-up one where none exists.
    pub cloudformation: &'static str,
    /// What it is, in one sentence.
    pub doc: &'static str,
    /// Where its fields are documented.
    pub url: &'static str,
    /// What every id of the kind begins with (`vpce-`); empty for names and ARNs.
    pub id_prefix: &'static str,
    /// Whether the id is unique everywhere or only within account and region.
    pub identity: Identity,
    /// The field that holds the id. It may be inside an object: `Target.Id`.
    pub id: &'static str,
    /// The API calls that return it. The first is the one that lists the kind:
    /// where that call is missing, resources of the kind may exist unseen.
    pub sources: &'static [Source],
    /// Fields in the order of the documentation.
    pub fields: &'static [Field],
}

impl KindSpec {
    /// Whether people say what there is of the kind, and no call does.
    pub fn is_given(&self) -> bool {
        self.sources.iter().all(|source| source.given)
    }

    /// The calls that return it.
    pub fn calls(&self) -> impl Iterator<Item = &'static Source> + use<> {
        self.sources.iter().filter(|source| !source.given)
    }
}

/// How far an id is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// Unique everywhere; a second account that shows it shows the same thing.
    Global,
    /// Unique within one account and region (names, availability zones).
    PerRegion,
    /// Unique only together with these fields of the same object (a record set
    /// within its zone, by name, type and set identifier).
    Within(&'static [&'static str]),
}

/// One API call whose answers contain a kind.
#[derive(Debug)]
pub struct Source {
    /// Service as in IAM actions: `ec2`, `vpc-lattice`, `elasticloadbalancing`.
    pub service: &'static str,
    /// Operation in the API's spelling: `DescribeVpcEndpoints`.
    pub operation: &'static str,
    /// Where the objects are in an answer: a top-level key (`VpcEndpoints`), or
    /// empty when the answer itself is the one object (`GetHostedZone` is
    /// `HostedZone` plus siblings, `DescribeVpcAttribute` has no wrapper).
    pub key: &'static str,
    /// For an answer about one parent (`SearchTransitGatewayRoutes`): which
    /// field of the record holds that parent's id. The answer does not repeat
    /// it, so it comes from the file name or from an envelope.
    pub parent: Option<&'static str>,
    /// Whether each object repeats its parent's id, so that an answer without a
    /// name may speak of several parents, and one with a name of that one only.
    pub repeats: bool,
    /// For an answer that is a bare object: keys that only it has, all of which
    /// must be present for the object to be recognised. For a list under a key
    /// that other calls use too: keys that the first object must have.
    pub marks: &'static [&'static str],
    /// For a list that mixes objects about several kinds (tags of load balancers
    /// and of target groups): which of them are about this one.
    pub only: Option<Only>,
    /// IAM action where it is not `service:operation`.
    pub action: Option<&'static str>,
    /// No call: people write the list down, and whoever writes none means that
    /// there is none.
    pub given: bool,
}

/// Which objects of a mixed list are about a kind: those whose field holds a
/// text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Only {
    /// The field, in the spelling of the answer: `ResourceArn`.
    pub field: &'static str,
    /// What is somewhere in its value: `:targetgroup/`.
    pub holds: &'static str,
}

impl Source {
    /// A call that lists the kind under `key`.
    pub const fn list(service: &'static str, operation: &'static str, key: &'static str) -> Self {
        Self {
            service,
            operation,
            key,
            parent: None,
            repeats: false,
            marks: &[],
            only: None,
            action: None,
            given: false,
        }
    }

    /// A call that is made once per parent and does not repeat the parent's id.
    pub const fn per_parent(
        service: &'static str,
        operation: &'static str,
        key: &'static str,
        parent: &'static str,
    ) -> Self {
        Self {
            service,
            operation,
            key,
            parent: Some(parent),
            repeats: false,
            marks: &[],
            only: None,
            action: None,
            given: false,
        }
    }

    /// A call whose answer is one bare object, recognised by `marks`.
    pub const fn object(
        service: &'static str,
        operation: &'static str,
        marks: &'static [&'static str],
    ) -> Self {
        Self {
            service,
            operation,
            key: "",
            parent: None,
            repeats: false,
            marks,
            only: None,
            action: None,
            given: false,
        }
    }

    /// A list that no call answers: people write it under `key`, in a file of
    /// their own or in their configuration. The first object must have `marks`.
    pub const fn given(key: &'static str, marks: &'static [&'static str]) -> Self {
        Self {
            given: true,
            ..Self::list("plaudit", key, key).marked(marks)
        }
    }

    /// The first object under the key must have these keys.
    #[must_use]
    pub const fn marked(mut self, marks: &'static [&'static str]) -> Self {
        self.marks = marks;
        self
    }

    /// Only objects whose `field` holds this text are about the kind.
    #[must_use]
    pub const fn only(mut self, field: &'static str, holds: &'static str) -> Self {
        self.only = Some(Only { field, holds });
        self
    }

    /// The objects of the answer repeat their parent's id.
    #[must_use]
    pub const fn repeating(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// Names the IAM action where it differs from `service:operation`.
    #[must_use]
    pub const fn permitted_by(mut self, action: &'static str) -> Self {
        self.action = Some(action);
        self
    }

    /// The IAM action that permits the call.
    pub fn iam_action(&self) -> String {
        self.action.map_or_else(
            || format!("{}:{}", self.service, self.operation),
            str::to_owned,
        )
    }
}

/// One field of a kind or of an object inside it.
#[derive(Debug)]
pub struct Field {
    /// AWS's spelling.
    pub name: &'static str,
    /// What it means, with its unit.
    pub doc: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// What its absence means.
    pub absent: Absent,
    /// Known values, empty when the field is free text. The list is open: other
    /// values are kept and reported. Compared without case.
    pub values: &'static [&'static str],
    /// The operation that returns it, where that is not the first source.
    pub operation: Option<&'static str>,
    /// Other spellings in other answers about the same thing (`vpcId`).
    pub aliases: &'static [&'static str],
    /// For references: the member functions that follow it, there and back.
    pub link: Option<Link>,
    /// For a reference that may name other kinds too (what a flow log is of):
    /// those, told apart by what their ids begin with.
    pub others: &'static [(Kind, Link)],
}

/// The two member functions that a reference gives to rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// On this kind: `endpoint.subnets()`.
    pub forward: &'static str,
    /// On the target kind: `subnet.vpc_endpoints()`; empty when nobody asks.
    pub reverse: &'static str,
}

impl Link {
    /// Member functions there and back.
    pub const fn new(forward: &'static str, reverse: &'static str) -> Self {
        Self { forward, reverse }
    }
}

/// What a field holds.
#[derive(Debug)]
pub enum Shape {
    /// Text, ARN, state, timestamp.
    Text,
    /// A whole number; numbers written as strings are accepted.
    Int,
    /// True or false; `"true"` is accepted.
    Bool,
    /// An IP address.
    Address,
    /// A CIDR block. Host bits are kept as written.
    Cidr,
    /// A list of texts.
    Texts,
    /// The id or ARN of another resource.
    Reference(Kind),
    /// A list of ids or ARNs of other resources.
    References(Kind),
    /// An object whose fields belong to this resource: `DnsOptions`.
    Object(&'static [Field]),
    /// A list of objects: `DnsEntries`.
    List(&'static [Field]),
    /// A list of `{Key, Value}`, or a map.
    Tags,
    /// Objects of another kind inside this one: the interfaces of an instance.
    /// They become resources of their own.
    Embedded(Kind),
}

/// What it means when an answer does not contain a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// The API always returns it, so absence means that this source does not
    /// know: reading it is `unknown`.
    Unknown,
    /// The API leaves it out when there is nothing to say: reading it gives the
    /// type's empty value and `has()` is false.
    Empty,
}

impl Field {
    const fn new(name: &'static str, shape: Shape, absent: Absent, doc: &'static str) -> Self {
        Self {
            name,
            doc,
            shape,
            absent,
            values: &[],
            operation: None,
            aliases: &[],
            link: None,
            others: &[],
        }
    }

    /// Text that the API always returns.
    pub const fn text(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Shape::Text, Absent::Unknown, doc)
    }

    /// A whole number that the API always returns.
    pub const fn int(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Shape::Int, Absent::Unknown, doc)
    }

    /// A truth value that the API always returns.
    pub const fn bool(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Shape::Bool, Absent::Unknown, doc)
    }

    /// An IP address that the API always returns.
    pub const fn address(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Shape::Address, Absent::Unknown, doc)
    }

    /// A CIDR block that the API always returns.
    pub const fn cidr(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Shape::Cidr, Absent::Unknown, doc)
    }

    /// A list of texts; absent means empty.
    pub const fn texts(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Shape::Texts, Absent::Empty, doc)
    }

    /// A reference to one resource of `kind`.
    pub const fn reference(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self::new(name, Shape::Reference(kind), Absent::Unknown, doc)
    }

    /// References to any number of resources of `kind`; absent means none.
    pub const fn references(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self::new(name, Shape::References(kind), Absent::Empty, doc)
    }

    /// An object inside the resource.
    pub const fn object(name: &'static str, fields: &'static [Field], doc: &'static str) -> Self {
        Self::new(name, Shape::Object(fields), Absent::Empty, doc)
    }

    /// A list of objects; absent means empty.
    pub const fn list(name: &'static str, fields: &'static [Field], doc: &'static str) -> Self {
        Self::new(name, Shape::List(fields), Absent::Empty, doc)
    }

    /// Tags; absent means none.
    pub const fn tags(name: &'static str) -> Self {
        Self::new(name, Shape::Tags, Absent::Empty, "Tags, by key.")
    }

    /// Resources of another kind written inside this one.
    pub const fn embedded(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self::new(name, Shape::Embedded(kind), Absent::Empty, doc)
    }

    /// The API leaves the field out when it has no value.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.absent = Absent::Empty;
        self
    }

    /// Absence means that the source does not know (for lists, which are
    /// otherwise taken as empty).
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.absent = Absent::Unknown;
        self
    }

    /// Only this operation returns the field.
    #[must_use]
    pub const fn from(mut self, operation: &'static str) -> Self {
        self.operation = Some(operation);
        self
    }

    /// The values known so far.
    #[must_use]
    pub const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }

    /// Other names for the same field.
    #[must_use]
    pub const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// The member function that follows the reference.
    #[must_use]
    pub const fn follow(mut self, forward: &'static str) -> Self {
        self.link = Some(Link {
            forward,
            reverse: "",
        });
        self
    }

    /// The member functions that follow the reference, there and back.
    #[must_use]
    pub const fn follow_back(mut self, forward: &'static str, reverse: &'static str) -> Self {
        self.link = Some(Link::new(forward, reverse));
        self
    }

    /// The reference may name these kinds too. Every kind that it may name must
    /// have a prefix of its ids; an id that begins like none of them is no link.
    #[must_use]
    pub const fn or(mut self, others: &'static [(Kind, Link)]) -> Self {
        self.others = others;
        self
    }
}
