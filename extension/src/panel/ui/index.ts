/** Every component, defined. */

import "./button";
import "./card";
import "./check";
import "./chip";
import "./choice";
import "./confirm";
import "./copy";
import "./diff";
import "./disclosure";
import "./empty";
import "./field";
import "./file";
import "./filter";
import "./finding";
import "./frame";
import "./list";
import "./loading";
import "./notice";
import "./progress";
import "./row";
import "./secret";
import "./select";
import "./sign";
import "./steps";
import "./summary";
import "./tabs";
