//! What Cloudflare calls stands in `jobcast`, in its module `edge`.

use jobcast as _;
