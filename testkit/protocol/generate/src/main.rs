//! Generates `testkit/src/mock_provider/protocol/` from the `.proto` files beside it.

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let protos = here.join("..");
    let out = here.join("../../src/mock_provider/protocol");
    std::fs::create_dir_all(&out)?;
    for name in ["tfplugin6", "goplugin"] {
        let descriptors = protox::compile([format!("{name}.proto")], [&protos])?;
        tonic_prost_build::configure()
            .build_client(false)
            .build_server(true)
            .out_dir(&out)
            .compile_fds(descriptors)?;
    }
    // prost names a file after its package.
    std::fs::rename(out.join("plugin.rs"), out.join("goplugin.rs"))?;
    Ok(())
}
